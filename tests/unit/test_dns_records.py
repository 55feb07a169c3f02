"""Records of a sender as they are published and read."""

import base64

import dns.asyncresolver
import dns.exception
import dns.rdata
import dns.resolver
import pytest

from digest.core.dkim import Algorithm
from digest.core.dns_records import TxtRecord, climb, dkim_record, spf_record, tags_of


@pytest.mark.parametrize(
    ("relay", "term"),
    [
        ("smtp.gmail.com", "include:_spf.google.com"),
        ("SMTP.office365.com", "include:spf.protection.outlook.com"),
        ("email-smtp.eu-west-1.amazonaws.com", "include:amazonses.com"),
        ("notgmail.com", "a:notgmail.com"),
        ("192.0.2.7", "ip4:192.0.2.7"),
        ("2001:db8::7", "ip6:2001:db8::7"),
    ],
)
def test_spf_names_the_relay_as_its_operator_does(relay, term):
    assert spf_record("example.org", relay).value == f"v=spf1 {term} ~all"


def test_strings_of_a_record_join_to_its_value():
    line = str(TxtRecord("a.example", 'x"y\\z' * 200))
    (strings,) = [dns.rdata.from_text("IN", "TXT", line.partition(" IN TXT ")[2]).strings]
    assert b"".join(strings).decode() == 'x"y\\z' * 200
    assert max(map(len, strings)) <= 255


def test_record_of_an_edwards_key_holds_the_bare_key():
    record = dkim_record("example.org", "brisbane", Algorithm.ED25519, b"k" * 32)
    assert record.name == "brisbane._domainkey.example.org"
    assert tags_of(record.value) == {
        "v": "DKIM1", "k": "ed25519", "p": base64.b64encode(b"k" * 32).decode(),
    }  # fmt: skip


def test_tags_survive_whatever_stands_there():
    assert tags_of(" v = DKIM1 ;; p= AB\tC = ;junk;t=") == {"v": "DKIM1", "p": "ABC=", "t": ""}


def test_climbing_ends_below_the_top():
    assert climb("a.b.example.org") == ["a.b.example.org", "b.example.org", "example.org"]
    assert climb("localhost") == ["localhost"]
