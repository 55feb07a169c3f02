"""Measure signing: microseconds of the processor for each mail, ours beside dkimpy's.

    python benchmarks/dkim_speed.py [--mails 200] [--rounds 9] [--kilobytes 44]

Each round signs with every signer in turn, so that a busy machine troubles all alike; the
middle of the rounds is shown, and their least. Every signature of the first round is
verified where dkimpy is installed (``pip install --group bench``).
"""

import argparse
import base64
import hashlib
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from digest.core.dkim import Algorithm, Signer, signatures
from digest.core.message import Headers, build_message, message_id

try:
    import dkim
except ImportError:
    dkim = None

NOW = datetime(2026, 11, 26, tzinfo=UTC)
DOMAIN = b"example.org"
Way = Callable[[bytes, bytes], bytes]


def main() -> None:
    """Print a line for each way to sign."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mails", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--kilobytes", type=int, default=44)
    arguments = parser.parse_args()
    logging.getLogger("dkimpy").setLevel(logging.ERROR)
    rsa, edwards = generate_private_key(65537, 2048), Ed25519PrivateKey.generate()
    head, body = _mail(arguments.kilobytes * 1000)
    ways = _ways(rsa, edwards)
    if dkim is None:
        print("dkimpy is not installed: its rows are left out, and nothing is verified")
    else:
        for name, sign in ways.items():
            _verify(name, sign(head, body) + head + b"\r\n" + body, rsa, edwards)
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(arguments.rounds):
        for name, sign in ways.items():
            mails = arguments.mails if name.startswith("ours") else max(arguments.mails // 10, 1)
            spent[name].append(_microseconds(sign, head, body, mails))
    print(f"a mail of {(len(head) + 2 + len(body)) / 1000:.1f} KB, microseconds of the processor")
    print(f"{'':30}{'middle':>9}{'least':>9}")
    for name, figures in spent.items():
        print(f"{name:30}{median(figures):9.0f}{min(figures):9.0f}")


def _mail(size: int) -> tuple[bytes, bytes]:
    """Return head and body of a mail of about this size, with all the fields that we send."""
    headers = Headers(
        sender_name="Trending papers",
        sender_address="digest@example.org",
        recipient_name="Ada",
        recipient_address="ada@example.net",
        subject="10 papers: Dense retrieval – what is new this week",
        date=NOW,
        message_id=message_id("2026-11-26.0123456789abcdef", "example.org"),
        list_id_name="Trending papers",
        list_id_domain="digest.example.org",
        unsubscribe_url="https://digest.example.org/u/" + "x" * 60,
        unsubscribe_mailto="mailto:digest@example.org?subject=unsubscribe",
        feedback_id="2026-11-26:digest:example.org",
    )
    text = "How dense retrieval finds what a reader asks for.\n" * (size // 4 // 51)
    markup = "<p style='margin:0'>How dense retrieval finds what is asked.</p>\n"
    markup *= size * 3 // 4 // 70
    head, _, body = build_message(headers, text=text, html=markup).partition(b"\r\n\r\n")
    return head + b"\r\n", body


def _ways(rsa: RSAPrivateKey, edwards: Ed25519PrivateKey) -> dict[str, Way]:
    """Return every way to sign, by name."""
    pad, hashed = PKCS1v15(), Prehashed(SHA256())
    ours_rsa = _signer("rsa", Algorithm.RSA, partial(rsa.sign, padding=pad, algorithm=hashed))
    ours_edwards = _signer("ed", Algorithm.ED25519, edwards.sign)
    ways: dict[str, Way] = {
        "ours rsa-2048": partial(signatures, signers=[ours_rsa], now=NOW),
        "ours ed25519": partial(signatures, signers=[ours_edwards], now=NOW),
        "ours both": partial(signatures, signers=[ours_rsa, ours_edwards], now=NOW),
        "ours, key left out": partial(
            signatures, signers=[_signer("rsa", Algorithm.RSA, lambda _: b"x" * 256)], now=NOW
        ),
        "(rsa-2048 of the hash alone)": lambda head, _: rsa.sign(
            hashlib.sha256(head).digest(), pad, hashed
        ),
        "(ed25519 of the hash alone)": lambda head, _: edwards.sign(hashlib.sha256(head).digest()),
        "(sha-256 of the body alone)": lambda _, body: hashlib.sha256(body).digest(),
    }
    if dkim is not None:
        pem = rsa.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        seed = base64.b64encode(edwards.private_bytes_raw())
        ways["dkimpy rsa-2048"] = partial(_dkimpy, b"rsa", pem, b"rsa-sha256")
        ways["dkimpy ed25519"] = partial(_dkimpy, b"ed", seed, b"ed25519-sha256")
    return ways


def _signer(selector: str, algorithm: Algorithm, sign: Callable[[bytes], bytes]) -> Signer:
    return Signer(domain=DOMAIN.decode(), selector=selector, algorithm=algorithm, sign=sign)


def _dkimpy(selector: bytes, key: bytes, algorithm: bytes, head: bytes, body: bytes) -> bytes:
    signed: bytes = dkim.sign(
        head + b"\r\n" + body,
        selector,
        DOMAIN,
        key,
        canonicalize=(b"relaxed", b"relaxed"),
        signature_algorithm=algorithm,
    )
    return signed


def _verify(name: str, mail: bytes, rsa: RSAPrivateKey, edwards: Ed25519PrivateKey) -> None:
    if "hash" in name or "alone" in name or "left out" in name:
        return
    der = rsa.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    raw = edwards.public_key().public_bytes_raw()
    records = {
        b"rsa._domainkey.example.org.": b"v=DKIM1; k=rsa; p=" + base64.b64encode(der),
        b"ed._domainkey.example.org.": b"v=DKIM1; k=ed25519; p=" + base64.b64encode(raw),
    }
    if not dkim.verify(mail, dnsfunc=lambda record, **_: records[record]):
        raise SystemExit(f"{name}: the signature is wrong")


def _microseconds(sign: Way, head: bytes, body: bytes, mails: int) -> float:
    started = time.process_time()
    for _ in range(mails):
        sign(head, body)
    return (time.process_time() - started) / mails * 1e6


if __name__ == "__main__":
    main()
