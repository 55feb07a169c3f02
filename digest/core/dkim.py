"""Sign a mail so that receivers know whose it is (RFC 6376, RFC 8301, RFC 8463).

Header and body are canonicalised "relaxed": relays re-fold headers, and some trim blanks at the
ends of lines. In quoted-printable text that is next to no work: what is not there is looked for,
not replaced. There is no ``l=`` tag, which would let anybody append text (RFC 6376, 8.2).
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

_MAX_LINE = 76
_SIGNATURE_PIECE = 72
_BLANKS = re.compile(rb" +")

# Named once more than they occur: a second one, which some readers would show in place of
# ours, breaks the signature (RFC 6376, 8.15; RFC 8058, 4, for the two of List-Unsubscribe).
_SEALED = (
    "from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id",
    "list-unsubscribe", "list-unsubscribe-post", "mime-version", "content-type",
)  # fmt: skip
_SIGNED = (
    "content-transfer-encoding", "content-language", "in-reply-to", "references", "list-id",
    "list-help", "list-subscribe", "list-post", "list-owner", "list-archive",
    "auto-submitted", "feedback-id",
)  # fmt: skip


class Algorithm(StrEnum):
    """How a signature is made; other algorithms are not to be used (RFC 8301, 3.1)."""

    RSA = "rsa-sha256"
    ED25519 = "ed25519-sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """One key that signs.

    Attributes:
        domain: who takes responsibility (``d=``), in A-labels.
        selector: under which the public key is published (``s=``).
        algorithm: what ``sign`` does.
        sign: returns the raw signature of a SHA-256 digest (32 bytes). Ed25519 signs the
            digest as its message (RFC 8463, 3); RSA pads it after PKCS#1, version 1.5.
        lifetime: how long the signature is to be believed (``x=``), or None for ever.
    """

    domain: str
    selector: str
    algorithm: Algorithm
    sign: Callable[[bytes], bytes] = field(repr=False)
    lifetime: timedelta | None = None


def signatures(head: bytes, body: bytes, *, signers: Iterable[Signer], now: datetime) -> bytes:
    """Return one ``DKIM-Signature`` field for each signer, to stand before ``head``.

    Args:
        head: the header fields as they go on the wire, each ended by CRLF; no empty line.
        body: what follows the empty line, lines ended by CRLF.
        signers: the keys to sign with.
        now: when it is signed (``t=``).
    """
    fields = _relaxed(head)
    names = _names(fields)
    signed = b"".join(_in_signing_order(fields, names))
    body_hash = _base64(_body_hash(body))
    return b"".join(_signature(signer, names, signed, body_hash, now) for signer in signers)


def _signature(
    signer: Signer, names: Sequence[str], signed: bytes, body_hash: str, now: datetime
) -> bytes:
    """Return one field: its own text, with ``b=`` empty, is signed too (RFC 6376, 3.7)."""
    unsigned = _field(signer, names, body_hash, int(now.timestamp()))
    (itself,) = _relaxed(unsigned.encode("ascii"))["dkim-signature"]
    digest = hashlib.sha256(signed + itself.removesuffix(b"\r\n")).digest()
    value = _base64(signer.sign(digest))
    pieces = [
        value[start : start + _SIGNATURE_PIECE] for start in range(0, len(value), _SIGNATURE_PIECE)
    ]
    return (unsigned.removesuffix("\r\n") + "\r\n ".join(pieces) + "\r\n").encode("ascii")


def _field(signer: Signer, names: Sequence[str], body_hash: str, now: int) -> str:
    """Return the field without its signature, in lines that no relay has to fold."""
    tags = [
        "DKIM-Signature: v=1;",
        f"a={signer.algorithm};",
        "c=relaxed/relaxed;",
        f"d={signer.domain};",
        f"s={signer.selector};",
        f"t={now};",
    ]
    if signer.lifetime is not None:
        tags.append(f"x={now + int(signer.lifetime.total_seconds())};")
    tags.append(f"bh={body_hash};")
    listed = [f"{name}:" for name in names[:-1]] + [f"{names[-1]};"]
    return f"{_folded(tags, gap=' ')}\r\n {_folded(['h=', *listed], gap='')}\r\n b=\r\n"


def _folded(pieces: Sequence[str], *, gap: str) -> str:
    """Join pieces with ``gap``, or with a fold where a line would become too long."""
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if len(lines[-1]) + len(gap) + len(piece) < _MAX_LINE:
            lines[-1] += gap + piece
        else:
            lines.append(piece)
    return "\r\n ".join(lines)


def _names(fields: Mapping[str, Sequence[bytes]]) -> list[str]:
    """Return what ``h=`` names: the signed fields that are there, and one of each sealed."""
    names = [name for name in _SEALED for _ in range(len(fields.get(name, ())) + 1)]
    return names + [name for name in _SIGNED for _ in fields.get(name, ())]


def _in_signing_order(
    fields: Mapping[str, Sequence[bytes]], names: Iterable[str]
) -> Iterable[bytes]:
    """Yield the fields that ``names`` means: the last of a name first (RFC 6376, 5.4.2)."""
    for name in dict.fromkeys(names):
        yield from reversed(fields.get(name, ()))


def _relaxed(head: bytes) -> dict[str, list[bytes]]:
    """Return the fields by name, each canonicalised "relaxed" (RFC 6376, 3.4.2)."""
    fields: dict[str, list[bytes]] = {}
    unfolded = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    for line in unfolded.removesuffix(b"\r\n").split(b"\r\n"):
        raw_name, _, value = line.partition(b":")
        name = raw_name.rstrip(b" \t").lower()
        text = value.replace(b"\t", b" ").strip(b" ")
        if b"  " in text:
            text = _BLANKS.sub(b" ", text)
        fields.setdefault(name.decode("latin-1"), []).append(b"%b:%b\r\n" % (name, text))
    return fields


def _body_hash(body: bytes) -> bytes:
    """Return the hash of a body, canonicalised "relaxed" (RFC 6376, 3.4.4).

    Blanks in a row are one, those at the end of a line none, and so are empty last lines.
    """
    shorter = _with_single_blanks(body)
    end = len(shorter)
    while shorter.endswith(b"\r\n", 0, end):
        end -= 2
    hashing = hashlib.sha256(memoryview(shorter)[:end])
    if end:
        hashing.update(b"\r\n")
    return hashing.digest()


def _with_single_blanks(body: bytes) -> bytes:
    """Return a body without tabs, blanks in a row, and blanks at the ends of lines."""
    if not (b"\t" in body or body.endswith(b" ") or _has_loose_blanks(body)):
        return body
    shorter = body.replace(b"\t", b" ")
    while b"  " in shorter:
        shorter = shorter.replace(b"  ", b" ")
    return shorter.replace(b" \r\n", b"\r\n").removesuffix(b" ")


def _has_loose_blanks(body: bytes) -> bool:
    """Tell whether a blank stands before another one, or before the end of a line.

    To ask numpy takes a seventh of the time of a regular expression, or of looking for bytes.
    """
    import numpy as np  # noqa: PLC0415 - slow, and wanted only where something is signed

    codes = np.frombuffer(body, np.uint8)
    blank = codes == ord(" ")
    return bool((blank[:-1] & (blank[1:] | (codes[1:] == ord("\r")))).any())


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
