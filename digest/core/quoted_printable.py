"""Quoted-printable for bodies: safe on every hop, and quick (RFC 2045, section 6.7).

Stricter than the RFC asks: no line begins with a dot, which SMTP would double (RFC 5321,
4.5.2), or with "From ", which mailboxes would mark and so break a signature.
"""

import binascii
import re

_MAX_LINE = 76
_DROPPED = bytes(code for code in range(0x20) if code not in b"\t\n\r") + b"\x7f"
_LINE_END = re.compile(rb"\r\n?")
_RISKY_START = (b".", b"From ")
_SUSPECTS = (b"\n.", b"\nFrom ", b"=20\n", b"=09\n")


def encode(text: str) -> bytes:
    """Return ``text`` as quoted-printable UTF-8 in lines of at most 76 characters, CRLF ended.

    The end of the text ends a line, so what was encoded apart can be joined. Controls other
    than tab and line end are left out; a lone surrogate becomes "?".
    """
    raw = text.encode("utf-8", "replace").translate(None, _DROPPED)
    if b"\r" in raw:
        raw = _LINE_END.sub(b"\n", raw)
    if raw and not raw.endswith(b"\n"):
        raw += b"\n"
    lines = binascii.b2a_qp(raw, istext=True)
    if lines.startswith(_RISKY_START) or any(suspect in lines for suspect in _SUSPECTS):
        lines = b"\n".join(map(_mended, lines.split(b"\n")))
    return lines.replace(b"\n", b"\r\n")


def _mended(line: bytes) -> bytes:
    """Return a line with a risky first character escaped, broken again where it is too long.

    ``b2a_qp`` itself writes up to 78 characters when a line ends in a blank.
    """
    if line.startswith(_RISKY_START):
        line = b"=%02X%b" % (line[0], line[1:])
    if len(line) <= _MAX_LINE:
        return line
    end = _MAX_LINE - 1
    while b"=" in line[end - 2 : end]:
        end -= 1
    return line[:end] + b"=\n" + _mended(line[end:])
