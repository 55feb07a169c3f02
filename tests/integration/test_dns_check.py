"""What doctor says of the sender's DNS, told by a DNS made for the test."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from digest.config import load
from digest.wiring.checkup import check_all
from digest.wiring.dns_check import check_dns
from digest.wiring.dns_lookup import DnsSilentError
from digest.wiring.finding import State
from digest.wiring.signing import signing_keys

OK, WARNING, FAILED, UNKNOWN = State.OK, State.WARNING, State.FAILED, State.UNKNOWN
DKIM = "s1._domainkey.example.org"
WHOLE = {
    ("news.example.org", "MX"): ["20 b.example.org.", "10 a.example.org."],
    ("news.example.org", "TXT"): ["site-verification=1", "v=spf1 a:smtp.example.org -all"],
    ("_dmarc.example.org", "TXT"): ["v=DMARC1; p=reject"],
}


class Dns:
    """Knows some records; names in ``silent`` get no answer."""

    def __init__(self, records=(), *, silent=()):
        self._records = dict(records)
        self._silent = silent

    async def __call__(self, name, kind):
        if name in self._silent:
            raise DnsSilentError("DNS does not answer here (LifetimeTimeout)")
        return self._records.get((name, kind), [])


class Desk:
    """A folder with a configuration and keys."""

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / "config.toml"

    def configure(self, *keys, host="smtp.example.org"):
        """Write the file; the n-th key gets the selector ``sn``."""
        lines = ["[smtp]", f'host = "{host}"', 'sender = "d@news.example.org"']
        for number, key in enumerate(keys, start=1):
            file = self.folder / f"{number}.pem"
            file.touch(mode=0o600)
            file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            lines += ["[[smtp.dkim]]", 'domain = "example.org"']
            lines += [f'selector = "s{number}"', f'key_file = "{number}.pem"']
        self.path.write_text("\n".join(lines))
        self.config = load(self.path, {})
        return self

    async def look(self, dns, *, own_name="mail.example.org"):
        keys = signing_keys(self.config)
        return await check_dns(self.config.smtp, keys, dns, own_name=own_name)

    async def finding(self, kind, records, **how):
        found = await self.look(Dns(records, **how))
        (finding,) = [each for each in found if each.check.endswith(f" {kind}")]
        return finding


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.fixture(scope="module")
def key():
    return generate_private_key(65537, 2048)


def public(key):
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


async def test_sender_whose_records_are_right_has_nothing_to_publish(desk, key):
    desk.configure(key)
    found = await desk.look(
        Dns(WHOLE | {(DKIM, "TXT"): [f"v=DKIM1; k=rsa; h=sha1:sha256; p={public(key)}"]})
    )
    assert [(each.check, each.state, each.detail, each.publish) for each in found] == [
        ("dns news.example.org MX", OK, "10 a.example.org., 20 b.example.org.", ""),
        ("dns news.example.org SPF", OK, "v=spf1 a:smtp.example.org -all", ""),
        (f"dns {DKIM} DKIM", OK, "is the key that signs here", ""),
        ("dns news.example.org DMARC", OK, "_dmarc.example.org: v=DMARC1; p=reject", ""),
    ]


async def test_sender_without_records_is_told_what_to_publish(desk, key):
    found = await desk.configure(key).look(Dns())
    assert [each.state for each in found] == [FAILED] * 4
    mx, spf, dkim, dmarc = (each.publish for each in found)
    assert mx == ""
    assert spf == 'news.example.org. IN TXT "v=spf1 a:smtp.example.org ~all"'
    assert dmarc == '_dmarc.news.example.org. IN TXT "v=DMARC1; p=none"'
    name, strings = dkim.split(" IN TXT ")
    assert name == f"{DKIM}."
    parts = strings[1:-1].split('" "')
    assert [len(part) <= 255 for part in parts] == [True, True]
    assert "".join(parts) == f"v=DKIM1; k=rsa; p={public(key)}"


async def test_what_dns_does_not_answer_is_unknown_and_still_told(desk, key):
    names = ("news.example.org", DKIM, "_dmarc.news.example.org")
    found = await desk.configure(key).look(Dns(silent=names))
    assert [each.state for each in found] == [UNKNOWN] * 4
    assert [bool(each.publish) for each in found] == [False, True, True, True]


async def test_a_relay_that_signs_itself_is_left_to_do_so(desk):
    finding = await desk.configure().finding("DKIM", WHOLE)
    assert finding.state is UNKNOWN
    assert "let the relay sign for this domain, or set [smtp.dkim]" in finding.detail


@pytest.mark.parametrize(
    ("records", "state", "told"),
    [
        (["v=DKIM1; p="], FAILED, "the key is revoked"),
        (["v=DKIM1; p=AAAA"], FAILED, "is another key than the one that signs here"),
        (["v=DKIM1; k=ed25519; p={p}"], FAILED, "is another key than the one that signs here"),
        (["v=DKIM1; h=sha1; p={p}"], FAILED, "is no DKIM record for sha256"),
        (["hello"], FAILED, "is no DKIM record for sha256; publish the one below: hello"),
        (["v=DKIM2; p={p}"], FAILED, "is no DKIM record for sha256"),
        (["p={p}", "p={p}"], FAILED, "more than one record"),
        (["v=DKIM1; t=s:y; p={p}"], WARNING, "take t=y out"),
        (["p={p}"], OK, "is the key that signs here"),
        (["v=DKIM1;k=rsa;p={p};"], OK, "is the key that signs here"),
    ],
)
async def test_published_key_is_compared_with_the_one_that_signs(desk, key, records, state, told):
    published = [record.format(p=public(key)) for record in records]
    finding = await desk.configure(key).finding("DKIM", {(DKIM, "TXT"): published})
    assert finding.state is state
    assert finding.detail.startswith(told) or told in finding.detail
    assert bool(finding.publish) == (state is FAILED)


async def test_each_key_has_its_own_record(desk, key):
    edwards = Ed25519PrivateKey.generate()
    raw = base64.b64encode(edwards.public_key().public_bytes_raw()).decode()
    found = await desk.configure(key, edwards).look(
        Dns({("s2._domainkey.example.org", "TXT"): [f"v=DKIM1; k=ed25519; p={raw}"]})
    )
    states = {each.check: each.state for each in found if each.check.endswith("DKIM")}
    assert states == {f"dns {DKIM} DKIM": FAILED, "dns s2._domainkey.example.org DKIM": OK}


@pytest.mark.parametrize(
    ("host", "records", "state", "told"),
    [
        ("smtp.example.org", ["v=spf1 -all", "v=spf1 mx -all"], FAILED, "more than one SPF record"),
        ("smtp.example.org", ["v=spf1 +all"], FAILED, "lets everybody send; end it with ~all"),
        ("smtp.example.org", ["V=SPF1 mx ALL"], FAILED, "lets everybody send; end it with ~all"),
        ("smtp.example.org", ["v=spf10 mx"], FAILED, "no SPF record says who sends"),
        ("smtp.gmail.com", ["v=spf1 mx -all"], WARNING, "does not include _spf.google.com, where"),
        ("smtp.gmail.com", ["v=spf1 include:_spf.google.com ~all"], OK, "v=spf1 include:_spf"),
    ],
)
async def test_spf_is_judged_for_the_relay(desk, host, records, state, told):
    desk.configure(host=host)
    finding = await desk.finding("SPF", {("news.example.org", "TXT"): records})
    assert finding.state is state
    assert finding.detail.startswith(told)


@pytest.mark.parametrize(
    ("records", "state", "told"),
    [
        ({"_dmarc.news.example.org": ["v=DMARC1; p=none"]}, OK, "_dmarc.news.example.org: v="),
        ({"_dmarc.example.org": ["v=DMARC1; p=none"]}, OK, "_dmarc.example.org: v=DMARC1"),
        ({"_dmarc.org": ["v=DMARC1; p=none"]}, FAILED, "no DMARC record, which Gmail"),
        ({"_dmarc.example.org": ["v=DMARC1; p=none"] * 2}, FAILED, "more than one record at"),
        ({"_dmarc.example.org": ["v=DMARC1; rua=mailto:a@b"]}, FAILED, "has no policy (p=)"),
        ({"_dmarc.example.org": ["hello"]}, FAILED, "no DMARC record, which Gmail"),
    ],
)
async def test_dmarc_is_looked_for_up_to_the_top(desk, records, state, told):
    answers = {(name, "TXT"): texts for name, texts in records.items()}
    finding = await desk.configure().finding("DMARC", answers)
    assert finding.state is state
    assert finding.detail.startswith(told)


async def test_domain_that_takes_no_mail_is_told(desk):
    finding = await desk.configure().finding("MX", {("news.example.org", "MX"): ["0 ."]})
    assert finding.state is FAILED
    assert finding.detail.startswith("takes no mail")


@pytest.mark.parametrize(
    ("own_name", "records", "state", "told"),
    [
        ("box", {}, WARNING, "no full host name"),
        ("mail.example.org", {}, WARNING, "DNS has no address for it"),
        (
            "mail.example.org",
            {("mail.example.org", "A"): ["192.0.2.7"]},
            WARNING,
            "192.0.2.7 does not lead back to it",
        ),
        (
            "mail.example.org",
            {
                ("mail.example.org", "A"): ["192.0.2.7"],
                ("mail.example.org", "AAAA"): ["2001:db8::7"],
                ("192.0.2.7", "PTR"): ["Mail.example.org."],
                ("2001:db8::7", "PTR"): ["other.example.org.", "mail.example.org."],
            },
            OK,
            "192.0.2.7, 2001:db8::7, and back",
        ),
    ],
)
async def test_a_relay_on_this_machine_is_looked_at_by_name(desk, own_name, records, state, told):
    found = await desk.configure(host="127.0.0.1").look(Dns(records), own_name=own_name)
    assert found[-1].check == f"dns {own_name} PTR"
    assert found[-1].state is state
    assert found[-1].detail.startswith(told)


async def test_doctor_tells_of_keys_without_the_network(desk, key):
    short = generate_private_key(65537, 1024)  # noqa: S505 - what the warning is for
    desk.configure(short, key, Ed25519PrivateKey.generate())
    found = await check_all(desk.path, now=datetime(2026, 11, 26, tzinfo=UTC), offline=True)
    told = {each.check: (each.state, each.detail) for each in found if "signing" in each.check}
    signs = "signs for example.org"
    assert told == {
        "signing key s1": (
            WARNING,
            f"rsa-sha256, 1024 bits, {signs}; too short to last: make one of 2048 bits",
        ),
        "signing key s2": (OK, f"rsa-sha256, 2048 bits, {signs}"),
        "signing key s3": (OK, f"ed25519-sha256, 256 bits, {signs}"),
    }


async def test_doctor_warns_of_a_key_that_few_receivers_know(desk):
    desk.configure(Ed25519PrivateKey.generate())
    found = await check_all(desk.path, now=None, offline=True)
    assert found[-1].state is WARNING
    assert found[-1].detail.endswith("several receivers know only RSA: add such a key")


async def test_doctor_tells_once_of_a_key_that_cannot_be_used(desk, key):
    desk.configure(key, host="127.0.0.1")
    (desk.folder / "1.pem").chmod(0o644)
    desk.path.write_text(desk.path.read_text().replace('"127.0.0.1"', '"127.0.0.1"\nport = 1'))
    found = await check_all(desk.path, now=None, offline=False, ask=Dns())
    told = [each for each in found if "smtp.dkim.key_file" in each.detail]
    assert [each.check for each in told] == ["way out"]
    assert not any("are not signed here" in each.detail for each in found)
