"""Rendered text with slots left open for what differs from reader to reader."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

# Noncharacters (Unicode 23.7): no cleaned text holds one, so no paper can forge a slot.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_SLOT = re.compile(f"{_OPEN}([a-z]+[0-9]?){_CLOSE}")


def slot(name: str) -> str:
    """Return the mark that stands for an open slot in a rendered text."""
    return f"{_OPEN}{name}{_CLOSE}"


@dataclass(frozen=True, slots=True)
class Fragment:
    """Text pieces and slot names in turn: text, slot, text, slot, …, text."""

    pieces: tuple[str, ...]

    @classmethod
    def parse(cls, rendered: str) -> Self:
        """Cut a rendered text at its marks.

        Raises:
            ValueError: a mark is broken: a template did more with it than print it.
        """
        pieces = _SLOT.split(rendered)
        for text in pieces[::2]:
            if _OPEN in text or _CLOSE in text:
                raise ValueError(
                    "a word that differs from reader to reader was put through a filter;"
                    " such words can only be printed"
                )
        return cls(tuple(pieces))

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of the open slots, in order."""
        return self.pieces[1::2]

    def fill(self, contents: Mapping[str, str]) -> str:
        """Return the whole text.

        Raises:
            KeyError: ``contents`` does not name a slot.
        """
        filled = list(self.pieces)
        filled[1::2] = [contents[name] for name in self.slots]
        return "".join(filled)
