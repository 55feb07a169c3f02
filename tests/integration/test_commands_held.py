"""Mails held in doubt: listed, sent again, let go."""

import pytest

from digest.core.outcome import Unknown
from digest.transports.maildir import MaildirTransport

MONDAY, TUESDAY = "2026-11-23T09:00", "2026-11-24T09:00"


@pytest.fixture
def held(desk, monkeypatch):
    """A desk on which two mails are held in doubt."""

    async def cut(_transport, outbox):
        while mail := await outbox.next():
            await outbox.begin(mail)
            outbox.tell(mail, Unknown("the line broke"))

    desk.configure("ada@example.org", "bob@example.org", extra='[delivery]\non_doubt = "hold"')
    with monkeypatch.context() as patched:
        patched.setattr(MaildirTransport, "carry", cut)
        assert desk.run("send", "--json", "--now", MONDAY).json["in_doubt"] == 2
    return desk


def test_what_is_held_is_listed_and_not_sent_by_itself(held):
    assert held.run("send", "--json", "--now", MONDAY).json["sent"] == 0
    mails = held.run("held", "--json").json
    assert [mail["recipient"] for mail in mails] == ["ada@example.org", "bob@example.org"]
    assert held.run("status", "--json").json["in_doubt"] == mails
    assert "ada@example.org\t<2026-11-23." in held.run("held").out


def test_what_is_held_is_sent_again_or_let_go_as_the_operator_says(held):
    assert (
        "1 mail queued again"
        in held.run("held", "ADA@example.org", "--send-again", "--now", MONDAY).out
    )
    assert "1 mail taken for sent" in held.run("held", "--let-go").out
    assert held.run("held").out == "No mail is held.\n"
    counts = held.run("send", "--no-harvest", "--json", "--now", MONDAY).json
    assert (counts["sent"], len(held.outbox())) == (1, 1)


def test_held_mails_cannot_be_sent_and_let_go_at_once(held):
    ran = held.run("held", "--let-go", "--send-again")
    assert (ran.code, ran.err) == (
        2, "digest: --send-again and --let-go together; allowed: one of them\n",
    )  # fmt: skip


@pytest.mark.parametrize("option", ["--send-again", "--let-go", "--json"])
def test_an_address_that_is_nobodys_is_misuse_and_settles_nothing(held, option):
    ran = held.run("held", "ada@example.org", "nobdy@example.org", option)
    assert ran.code == 2
    assert ran.err.startswith("digest: nobdy@example.org: no such subscriber; ")
    assert len(held.run("held", "--json").json) == 2
    held.run("subscribers", "add", "cy@example.org")
    assert held.run("held", "cy@example.org", option).code == 0
