"""What a body can be made as: text for people, or bytes for the wire.

Either way it is joined from the same pieces in the same order. The text has a seam after
each piece, and ``quoted_printable`` encodes such a text to the very bytes that its pieces
have apart: so the text, encoded as a whole, is what the bytes have to be.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from digest.core import quoted_printable
from digest.core.quoted_printable import SEAM

Data = TypeVar("Data")
"""What pieces are made of: ``str`` or ``bytes``."""


@dataclass(frozen=True, slots=True)
class Medium(Generic[Data]):
    """What a body is made as.

    Attributes:
        press: makes a piece of a text.
        join: makes one piece of several.
        size: bytes of a piece's text in UTF-8, as a mailbox counts them.
        at_most: never less than ``size``, and quicker.
    """

    press: Callable[[str], Data]
    join: Callable[[Iterable[Data]], Data]
    size: Callable[[Data], int]
    at_most: Callable[[Data], int]


def _sewn(text: str) -> str:
    return text + SEAM if text else ""


def _text_size(text: str) -> int:
    return quoted_printable.decoded_size(quoted_printable.encode(text))


def _text_size_at_most(text: str) -> int:
    return len(text.encode("utf-8", "replace"))  # seams included


AS_TEXT = Medium(_sewn, "".join, _text_size, _text_size_at_most)
ON_WIRE = Medium(quoted_printable.encode, b"".join, quoted_printable.decoded_size, len)
