"""Secrets stay where they are: not in what commands print, nor in what a site logs."""

import asyncio

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.lab import FILE
from tests.smtp_server import Running

PASSWORDS = {
    "relay.password": "canary-relay",
    "imap.password": "canary-imap",
    "report.password": "canary-report",
}
CONFIG = """
[digest]
base_url = "https://digest.example.org"
{store}
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "Lab papers <digest@example.org>"
username = "lab"
password_file = "relay.password"
[smtp.dkim]
domain = "example.org"
selector = "s1"
key_file = "dkim.pem"
[bounces.imap]
host = "127.0.0.1"
port = 1
username = "lab"
password_file = "imap.password"
[web.report]
password_file = "report.password"
"""
READER = '[[subscribers]]\nemail = "ada@example.org"\ninterests = ["dense retrieval"]\n'


@pytest.fixture
def canaries(lab):
    """Six secrets of a lab, each in its place."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    files = PASSWORDS | {"dkim.pem": pem, "secret.key": "ca7a97" * 12 + "\n"}
    for name, text in files.items():
        (lab.folder / name).touch(mode=0o600)
        (lab.folder / name).write_text(text)
    lab.publish(1)
    return (*PASSWORDS.values(), pem.splitlines()[1], "ca7a97ca7a97", "canary-store")


def configure(lab, port, store=""):
    text = CONFIG.format(port=port, store=store) + FILE + READER
    (lab.folder / "config.toml").write_text(text)


async def test_six_secrets_are_in_nothing_that_is_printed(lab, canaries):
    async with Running(password="another") as server:
        configure(lab, server.port)
        told = [await lab.run("send", "-vv")]
        told += await asyncio.gather(
            lab.run("doctor", "-vv", "--offline"),
            lab.run("bounces", "-vv"),
        )
    store = '[store]\nurl = "postgresql+psycopg://lab:canary-store@127.0.0.1:1/lab"'
    configure(lab, 1, store)
    told.append(await lab.run("status", "-vv"))
    assert "was refused (535" in told[0][2]
    assert [code for code, _, _ in told] == [75, 0, 75, 75]
    printed = "".join(out + err for _, out, err in told)
    assert [secret for secret in canaries if secret in printed] == []


async def test_a_site_that_is_looked_at_logs_neither_secrets_nor_tokens(lab, canaries):
    configure(lab, 1)
    _, urls, _ = await lab.run("bounces", "--webhooks")
    (url,) = [word for word in urls.split() if "/bounces/generic/" in word]
    token = url.rpartition("/")[2]
    site = await lab.start("serve", "-vv", "--port", "0")
    line = b""
    while b"port=" not in line:
        line = await site.stderr.readline()
    at = f"http://127.0.0.1:{int(line.rpartition(b'port=')[2].split()[0])}"
    async with httpx2.AsyncClient(base_url=at) as client:
        event = {"event": "complaint", "email": "ada@example.org"}
        assert (await client.post(f"/bounces/generic/{token}", json=event)).status_code == 200
        assert (await client.post(f"/bounces/generic/{token}", content="[")).status_code == 400
        assert (await client.get("/report", auth=("x", "canary-report"))).status_code == 200
        assert (await client.get("/report", auth=("x", "canary-wrong"))).status_code == 401
        assert (await client.get(f"/unsubscribe/{token}")).status_code == 404
    site.terminate()
    printed = b"".join(await site.communicate()).decode()
    assert "webhook" in printed
    assert "ada@example.org" not in printed
    assert [secret for secret in (*canaries, token, "canary") if secret in printed] == []
