"""Signing keys: read when they are private and strong enough, named when they are not."""

import base64
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from digest.config import load
from digest.errors import ConfigError
from digest.wiring.signing import signer_of, signing_keys
from digest.wiring.way_out import check_way_out

SMTP = '[smtp]\nhost = "localhost"\nsender = "d@news.example.org"\n'
HEAD = b"From: d@news.example.org\r\nSubject: hello\r\n"
BODY = b"A line.\r\n"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
RSA = rsa.generate_private_key(65537, 2048)
EDWARDS = Ed25519PrivateKey.generate()


def table(name="[smtp.dkim]", *, domain="example.org", selector="s1", key_file="dkim.pem"):
    return f'{name}\ndomain = "{domain}"\nselector = "{selector}"\nkey_file = "{key_file}"\n'


@pytest.fixture
def config_with(tmp_path):
    def make(*tables, smtp=SMTP, environment=None):
        path = tmp_path / "config.toml"
        path.write_text(smtp + "".join(tables), encoding="utf-8")
        return load(path, environment or {})

    return make


@pytest.fixture
def put(tmp_path):
    def put_key(key, name="dkim.pem", *, form=PrivateFormat.PKCS8, mode=0o600, lock=None):
        content = (
            key
            if isinstance(key, bytes)
            else key.private_bytes(Encoding.PEM, form, lock or NoEncryption())
        )
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(mode)

    return put_key


def rsa_of(*exponents):
    """Return a key made of two Mersenne primes: of any size, at once, and no secret."""
    p, q = (2**exponent - 1 for exponent in exponents)
    d = pow(65537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(65537, p * q)
    rest = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    return rsa.RSAPrivateNumbers(p, q, d, *rest, public).private_key(
        unsafe_skip_rsa_key_validation=True
    )


def problem_of(look, *arguments):
    with pytest.raises(ConfigError) as caught:
        look(*arguments)
    (problem,) = caught.value.problems
    return problem.rpartition("/config.toml: ")[2]


def record_of(key):
    kind = "rsa" if key.bits > 256 else "ed25519"
    return f"v=DKIM1; k={kind}; p={base64.b64encode(key.public).decode()}".encode()


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_rsa_key_signs_what_its_record_verifies(config_with, put, form):
    put(RSA, form=form)
    config = config_with(table())
    (key,) = signing_keys(config)
    field = signer_of(config, lambda: NOW)(HEAD, BODY)
    assert key.bits == 2048
    assert b"a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s1;\r\n t=1795651200" in field
    assert dkim.verify(field + HEAD + b"\r\n" + BODY, dnsfunc=lambda *_, **__: record_of(key))


def test_several_keys_sign_each_under_its_selector(config_with, put):
    put(RSA)
    put(EDWARDS, "ed.pem")
    config = config_with(
        table("[[smtp.dkim]]"), table("[[smtp.dkim]]", selector="e1", key_file="ed.pem")
    )
    keys = signing_keys(config)
    mail = signer_of(config)(HEAD, BODY) + HEAD + b"\r\n" + BODY
    records = {f"{key.signer.selector}._domainkey.example.org.": record_of(key) for key in keys}
    for index in range(2):
        assert dkim.DKIM(mail).verify(index, dnsfunc=lambda name, **_: records[name.decode()])


def test_lifetime_becomes_the_signature_s_end(config_with, put):
    put(EDWARDS)
    field = signer_of(config_with(table() + 'lifetime = "7d"\n'), lambda: NOW)(HEAD, BODY)
    assert b"t=1795651200; x=1796256000;" in field


def test_nothing_is_signed_without_a_key(config_with):
    assert signer_of(config_with())(HEAD, BODY) == b""


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_key_that_others_can_read_is_refused(config_with, put, tmp_path, mode):
    put(RSA, mode=mode)
    path = tmp_path / "dkim.pem"
    assert problem_of(signing_keys, config_with(table())) == (
        f"smtp.dkim.key_file: {path}: others can read it; run `chmod 600 {path}`"
    )


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (b"no key", "holds no private key; allowed: PEM, RSA or Ed25519"),
        (b"", "holds no private key; allowed: PEM, RSA or Ed25519"),
        (ec.generate_private_key(ec.SECP256R1()), "is another kind of key; allowed: RSA or"),
        (rsa_of(521, 127), "RSA of 648 bits is not verified by receivers; allowed: 2048 bits"),
        (rsa_of(2281, 2203), "RSA of 4484 bits is not verified by receivers; allowed: 2048 bits"),
    ],
    ids=["other text", "empty", "elliptic curve", "too short", "too long"],
)
def test_key_that_cannot_sign_is_named(config_with, put, tmp_path, key, problem):
    put(key)
    told = problem_of(signing_keys, config_with(table()))
    assert told.startswith(f"smtp.dkim.key_file: {tmp_path}/dkim.pem: {problem}")


def test_key_with_a_passphrase_is_refused(config_with, put):
    put(RSA, lock=BestAvailableEncryption(b"phrase"))
    assert "is encrypted; allowed: a key without a passphrase" in problem_of(
        signing_keys, config_with(table())
    )


def test_key_that_is_not_there_is_named_by_its_number(config_with, put):
    put(RSA)
    config = config_with(
        table("[[smtp.dkim]]"), table("[[smtp.dkim]]", selector="s2", key_file="none.pem")
    )
    told = problem_of(check_way_out, config)
    assert told.startswith("smtp.dkim[2].key_file: ")
    assert told.endswith("none.pem: cannot be read: No such file or directory")


def test_missing_package_is_named_with_the_command_that_brings_it(config_with, put, monkeypatch):
    put(RSA)
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    assert problem_of(signing_keys, config_with(table())) == (
        "smtp.dkim: needs cryptography; run `pip install 'papercourier[dkim]'`"
    )


def test_send_ends_with_2_and_one_line_when_others_can_read_the_key(desk, put):
    put(RSA, mode=0o644)
    desk.configure("ada@example.org", way_out=SMTP + table())
    ran = desk.run("send")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert "run `chmod 600 " in ran.err


# The configuration


@pytest.mark.parametrize(
    ("tables", "problem"),
    [
        ([table(domain="example.net")], "smtp.dkim.domain: example.net does not speak for"),
        ([table(domain="org")], "smtp.dkim.domain: org does not speak for the sender's domain"),
        ([table(domain="ple.org")], "smtp.dkim.domain: ple.org does not speak for"),
        ([table(domain="a.news.example.org")], "smtp.dkim.domain: a.news.example.org does not"),
        ([table(domain="not a domain")], 'smtp.dkim.domain: "not a domain": is no domain name'),
        ([table(selector="s1;")], 'smtp.dkim.selector: "s1;": does not have the form'),
        (
            [table("[[smtp.dkim]]"), table("[[smtp.dkim]]", selector="S1")],
            "smtp.dkim[2].selector: S1 is another key's already; allowed: a selector of its own",
        ),
        (
            [table("[[smtp.dkim]]"), "[[smtp.dkim]]\ndomain = 'example.org'\nselector = 's2'\n"],
            "smtp.dkim[2].key_file: is missing",
        ),
        (["dkim = 3\n"], "smtp.dkim: 3 must be a list"),
    ],
)
def test_table_that_cannot_be_meant_is_named_by_its_key(config_with, tmp_path, tables, problem):
    told = problem_of(config_with, *tables)
    assert told.removeprefix(f"{tmp_path}/config.toml: ").startswith(problem)


def test_domain_of_the_sender_and_those_above_it_may_sign(config_with):
    for domain in ("news.example.org", "example.org", "NEWS.Example.org."):
        config_with(table(domain=domain))


def test_a_sender_s_name_in_other_letters_is_compared_as_dns_has_it(config_with):
    smtp = SMTP.replace("example.org", "bücher.example")
    config = config_with(table(domain="xn--bcher-kva.example"), smtp=smtp)
    assert config == config_with(table(domain="bücher.example"), smtp=smtp)


def test_a_variable_sets_a_key_and_is_named_when_it_is_wrong(config_with):
    name = "DIGEST_SMTP__DKIM__DOMAIN"
    told = problem_of(lambda: config_with(table(), environment={name: "example.net"}))
    assert told.startswith(f"environment: {name}: example.net does not speak for")


# The documents


def test_keys_made_as_the_documents_say_sign_as_the_documents_configure(config_with, tmp_path):
    openssl = shutil.which("openssl")
    if openssl is None and os.environ.get("DIGEST_TEST_STRICT") != "1":
        pytest.skip("openssl is not installed")
    page = (Path(__file__).parents[2] / "docs/operations.md").read_text(encoding="utf-8")
    commands = re.findall(r"^.*openssl genpkey.*$", page, re.MULTILINE)
    tables = re.findall(r"^```toml\n(\[\[smtp\.dkim.*?)^```$", page, re.MULTILINE | re.DOTALL)
    for command in commands:
        subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=True)  # noqa: S603, S607 - our own words
    keys = signing_keys(config_with(*tables))
    assert [(key.signer.selector, key.bits) for key in keys] == [("s1", 2048), ("e1", 256)]
