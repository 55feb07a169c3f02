"""Text in header fields: encoded-words, phrases, folding (RFC 2047; RFC 5322, 2.2.3).

Encoded here and not by the standard library, whose folding loses spaces between words and
makes lines of 77 characters (https://github.com/python/cpython/issues/92081).
"""

import base64
import re

from digest.core.text import clean, clip

_MAX_LINE = 78
_MAX_WORD_LINE = 76
_MAX_WORD = 75
_MAX_QUOTED = 60
_MAX_NAME = 100
_FRAME = len("=?utf-8?q??=")
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


def unstructured(field: str, text: str) -> str:
    """Return ``text`` as the value of a field such as Subject, folded, its first line included.

    Args:
        field: the name of the field, which takes room on the first line.
        text: one clean line.
    """
    if text.isascii() and "=?" not in text:
        folded = _fold(field, text)
        if all(len(line) <= _MAX_LINE for line in f"{field}: {folded}".split("\r\n")):
            return folded
    return _encoded_words(text, used=len(field) + 2)


def mailbox(field: str, name: str, address: str) -> str:
    """Return ``name <address>`` as the value of a field such as From.

    An address within the name is the oldest trick of fraud, so "@" does not stay there.
    """
    words = phrase(field, name.replace("@", " at "))
    if not words:
        return address
    last = words.rpartition("\r\n")[2]
    room = _MAX_LINE - (0 if "\r\n" in words else len(field) + 2)
    gap = " " if len(last) + len(address) + 3 <= room else "\r\n "
    return f"{words}{gap}<{address}>"


def phrase(field: str, name: str) -> str:
    """Return a display name as atoms, a quoted string or encoded-words, whatever it takes."""
    text = clip(clean(name), _MAX_NAME)
    if text.isascii() and "=?" not in text and len(text) <= _MAX_QUOTED:
        if _ATOMS.fullmatch(text):
            return text
        if "<" not in text and ">" not in text:
            return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'
    return _encoded_words(text, used=len(field) + 2)


def _fold(field: str, text: str) -> str:
    """Break an ASCII line before words that would cross the margin."""
    lines: list[str] = []
    width = len(field) + 1
    for word in text.split(" "):
        if lines and width + 1 + len(word) <= _MAX_LINE:
            lines[-1] += f" {word}"
            width += 1 + len(word)
        else:
            width = (width if not lines else 0) + 1 + len(word)
            lines.append(word)
    return "\r\n ".join(lines)


def _encoded_words(text: str, *, used: int) -> str:
    """Return ``text`` as encoded-words, one a line, each of whole characters.

    Args:
        text: what to say; decoders join the words and drop what is between them.
        used: what the first line already holds.
    """
    q_length = sum(len(_q(character)) for character in text)
    b_length = len(text.encode()) * 4 // 3
    words, piece = [], ""
    encoding, encode = ("q", _q) if q_length <= b_length else ("b", _b)
    room = min(_MAX_WORD, _MAX_WORD_LINE - used) - _FRAME
    for character in text:
        if piece and len(encode(piece + character)) > room:
            words.append(piece)
            piece, room = "", _MAX_WORD - _FRAME
        piece += character
    return "\r\n ".join(f"=?utf-8?{encoding}?{encode(word)}?=" for word in [*words, piece] if word)


def _q(text: str) -> str:
    return "".join(
        chr(byte) if byte in _Q_SAFE else "_" if byte == ord(" ") else f"={byte:02X}"
        for byte in text.encode()
    )


def _b(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
