"""Quoted-printable for bodies: safe on every hop, quick, and made piece by piece (RFC 2045, 6.7).

Stricter than the RFC asks: no line begins with a dot, which SMTP would double (RFC 5321,
4.5.2), or with "From ", which mailboxes would mark and so break a signature.

A text may be cut at seams. What is between two seams is encoded as if it stood alone: it
begins a line and ends one, softly if need be ("=" CRLF, which readers do not see). So

    encode(a + SEAM + b) == encode(a) + encode(b)

and a piece that many mails share is encoded once and joined with the others as bytes.
"""

import binascii
import re
from collections.abc import Sequence

SEAM = "\ufdd2"
"""Marks a seam; a noncharacter (Unicode 23.7), which no cleaned text holds."""

SOFT_BREAK = b"=\r\n"

_MAX_LINE = 76
_ROOM = _MAX_LINE - len("=")
_DROPPED = bytes(code for code in range(0x20) if code not in b"\t\n\r") + b"\x7f"
_LINE_END = re.compile(rb"\r\n?")
_RISKY_START = (b".", b"From ")
_RISKY_LETTERS = ".F"
_SUSPECTS = (b"\n.", b"\nFrom ", b"=20\n", b"=09\n")


def encode(text: str) -> bytes:
    """Return ``text`` as quoted-printable UTF-8 in lines of at most 76 characters, CRLF ended.

    Controls other than tab and line end are left out; a lone surrogate becomes "?".
    """
    if SEAM in text:
        return b"".join(map(encode, text.split(SEAM)))
    if text.isascii() and text.isprintable() and "=" not in text:
        lines = [text[start : start + _ROOM] for start in range(0, len(text), _ROOM)]
        if text[-1:] != " " and {line[0] for line in lines}.isdisjoint(_RISKY_LETTERS):
            return "=\r\n".join([*lines, ""]).encode("ascii")
    return _encoded(text)


def closing(parts: Sequence[bytes]) -> bytes:
    """Return what ends the last line of an encoded body for good, that a delimiter may follow."""
    last = next(filter(None, reversed(parts)), b"")
    return b"\r\n" if last.endswith(SOFT_BREAK) else b""


def decoded_size(lines: bytes) -> int:
    """Return the bytes of an encoded text, each line end as one; told without decoding it.

    An escape ("=XX") has two bytes too many, a soft break ("=" CRLF) three, a CRLF one.
    """
    return len(lines) - 2 * lines.count(b"=") - lines.count(b"\n")


def _encoded(text: str) -> bytes:
    raw = text.encode("utf-8", "replace").translate(None, _DROPPED)
    if b"\r" in raw:
        raw = _LINE_END.sub(b"\n", raw)
    if not raw:
        return b""
    lines = binascii.b2a_qp(raw, istext=True)
    if not lines.endswith(b"\n"):
        lines += b"=\n"
    if _needs_mending(lines):
        lines = b"\n".join(map(_mended, lines.split(b"\n")))
    return lines.replace(b"\n", b"\r\n")


def _needs_mending(lines: bytes) -> bool:
    last_line = len(lines) - 1 - (lines.rfind(b"\n", 0, -1) + 1)
    return (
        last_line > _MAX_LINE
        or lines.startswith(_RISKY_START)
        or any(suspect in lines for suspect in _SUSPECTS)
    )


def _mended(line: bytes) -> bytes:
    """Return a line with a risky first character escaped, broken again where it is too long.

    ``b2a_qp`` itself writes up to 78 characters when a line ends in a blank, and the soft
    break after the last line makes that one longer.
    """
    if line.startswith(_RISKY_START):
        line = b"=%02X%b" % (line[0], line[1:])
    if len(line) <= _MAX_LINE:
        return line
    end = _MAX_LINE - 1
    while b"=" in line[end - 2 : end]:
        end -= 1
    return line[:end] + b"=\n" + _mended(line[end:])
