"""Who ended a reader's mail decides who may undo it: the reader, the operator, or the file."""

import pytest

TUESDAY = "2026-11-24T09:00"


def one(desk, email):
    return desk.run("subscribers", "show", email, "--json").json


def test_whom_the_operator_removed_can_be_added_again_with_their_history(desk):
    desk.run("subscribers", "add", "cy@example.org")
    desk.run("send", "--now", TUESDAY)
    desk.run("subscribers", "remove", "cy@example.org")
    assert (one(desk, "cy@example.org")["status"], one(desk, "cy@example.org")["ended_by"]) == (
        "unsubscribed",
        "command",
    )
    why = desk.run("why", "cy@example.org", "--now", "2026-11-25T09:00").out
    assert "unsubscribed: the reader was removed with `digest subscribers remove`" in why
    assert desk.run("subscribers", "add", "cy@example.org", "name=Cy").code == 0
    back = one(desk, "cy@example.org")
    assert (back["name"], back["status"], back["ended_by"]) == ("Cy", "active", None)
    assert [mail["slot"] for mail in back["editions"]] == ["2026-11-24"]


@pytest.mark.parametrize("email", ["ada@example.org", "cy@example.org"])
def test_a_removal_outlasts_starts_and_imports_until_it_is_undone(desk, email):
    desk.run("subscribers", "add", "cy@example.org")
    desk.write("people.jsonl", desk.run("subscribers", "export").out)
    desk.run("subscribers", "remove", email)
    desk.run("subscribers", "import", "people.jsonl")
    assert one(desk, email)["ended_by"] == "command"
    assert desk.run("subscribers", "set", email, "status=active").code == 0
    assert one(desk, email)["status"] == "active"


def test_what_a_reader_ended_is_theirs_and_the_refusal_names_the_way_out(desk):
    desk.run("subscribers", "add", "cy@example.org")
    desk.leave("cy@example.org")
    desk.run("subscribers", "remove", "cy@example.org")
    assert one(desk, "cy@example.org")["ended_by"] is None
    assert "the reader unsubscribed" in desk.run("why", "cy@example.org").out
    for words in ("add cy@example.org", "set cy@example.org status=active"):
        ran = desk.run("subscribers", *words.split())
        assert ran.code == 2
        assert "has unsubscribed, which only the reader can undo" in ran.err
        assert "`digest subscribers erase`, `add` and `set --unsuppress`" in ran.err
    for words in ("erase cy@example.org --yes", "add cy@example.org"):
        assert desk.run("subscribers", *words.split()).code == 0
    assert desk.run("send", "--json", "--to", "cy@example.org").json["suppressed"] == 1
    desk.run("subscribers", "set", "cy@example.org", "--unsuppress")
    desk.publish("Dense retrieval at scale", "Sparse retrieval in the small", "More")
    assert desk.run("send", "--json", "--now", "2099-11-25").json["sent"] == 2


def test_a_reader_taken_out_of_the_file_is_told_so_and_comes_back_with_the_block(desk):
    desk.run("status")
    desk.configure()
    assert "was taken out of the configuration file" in desk.run("why", "ada@example.org").out
    assert desk.run("subscribers", "set", "ada@example.org", "name=Ada").code == 0
    ran = desk.run("subscribers", "set", "ada@example.org", "status=active")
    assert ran.code == 2
    assert "allowed: put the block back, or `digest subscribers add`" in ran.err
    desk.configure("ada@example.org")
    assert one(desk, "ada@example.org")["status"] == "active"
    ran = desk.run("subscribers", "add", "ada@example.org")
    assert (ran.code, ran.out) == (2, "")
    assert "is in the configuration file already" in ran.err
