"""Text in header fields: encoded-words, phrases, folding (RFC 2047; RFC 5322, 2.2.3).

Encoded here and not by the standard library, whose folding loses spaces between words and
makes lines of 77 characters (https://github.com/python/cpython/issues/92081).
"""

import base64
import re
from collections.abc import Iterator

from digest.core.text import clean, clip

_MAX_LINE = 78
_MAX_WORD_LINE = 76
_MAX_WORD = 75
_MAX_NAME = 100
_FRAME = len("=?utf-8?q??=")
_Q_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/ ")
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
    last = f"{field}: {words}".rpartition("\r\n")[2]
    gap = " " if len(last) + len(address) + 3 <= _MAX_WORD_LINE else "\r\n "
    return f"{words}{gap}<{address}>"


def phrase(field: str, name: str) -> str:
    """Return a display name as atoms, a quoted string or encoded-words, whatever it takes."""
    text = clip(clean(name), _MAX_NAME)
    if text.isascii() and not any(mark in text for mark in ("=?", "<", ">")):
        plain = text if _ATOMS.fullmatch(text) else _quoted(text)
        if len(field) + 2 + len(plain) <= _MAX_WORD_LINE:
            return plain
    return _encoded_words(text, used=len(field) + 2)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'


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
    q_widths = [1 if character in _Q_SAFE else 3 * len(character.encode()) for character in text]
    byte_counts = [len(character.encode()) for character in text]
    first, later = min(_MAX_WORD, _MAX_WORD_LINE - used) - _FRAME, _MAX_WORD - _FRAME
    if sum(q_widths) <= sum(byte_counts) * 4 // 3:
        words = [f"=?utf-8?q?{_q(piece)}?=" for piece in _pieces(text, q_widths, first, later)]
    else:
        pieces = _pieces(text, byte_counts, first // 4 * 3, later // 4 * 3)
        words = [f"=?utf-8?b?{_b(piece)}?=" for piece in pieces]
    return "\r\n ".join(words)


def _pieces(text: str, widths: list[int], first: int, later: int) -> Iterator[str]:
    """Cut ``text`` so that the widths of each piece fit, with a room of its own for the first."""
    start, room = 0, first
    for end, width in enumerate(widths):
        if width > room:
            yield text[start:end]
            start, room = end, later
        room -= width
    yield text[start:]


def _q(text: str) -> str:
    return "".join(
        character
        if character in _Q_SAFE
        else "".join(f"={byte:02X}" for byte in character.encode())
        for character in text
    ).replace(" ", "_")


def _b(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
