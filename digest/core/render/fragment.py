"""Rendered text with slots left open for what differs from reader to reader."""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Generic

from digest.core.render.medium import Data, Medium

# Noncharacters (Unicode 23.7): no cleaned text holds one, so no paper can forge a slot.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_SLOT = re.compile(f"{_OPEN}([a-z_]+[0-9]?){_CLOSE}")


def slot(name: str) -> str:
    """Return the mark that stands for an open slot in a rendered text."""
    return f"{_OPEN}{name}{_CLOSE}"


class Fragment(Generic[Data]):
    """A piece with open slots.

    Args:
        rendered: a text with marks where slots are to be.
        medium: what it is made as.

    Attributes:
        slots: the names of the open slots, in order.

    Raises:
        ValueError: a mark is broken: a template did more with it than print it.
    """

    __slots__ = ("_contents", "_pieces", "slots")

    def __init__(self, rendered: str, medium: Medium[Data]) -> None:
        parts = _SLOT.split(rendered)
        self.slots = tuple(parts[1::2])
        for text in parts[::2]:
            if _OPEN in text or _CLOSE in text:
                raise ValueError(
                    "a word that differs from reader to reader was put through a filter;"
                    " such words can only be printed"
                )
        self._pieces = [medium.press(part) for part in parts]
        self._contents = _getter(self.slots)

    def fill(self, contents: Mapping[str, Data]) -> list[Data]:
        """Return the whole piece, in parts.

        Raises:
            KeyError: ``contents`` does not name a slot.
        """
        parts = self._pieces.copy()
        parts[1::2] = self._contents(contents)
        return parts

    def fill_around(
        self, parts_of: Mapping[str, Sequence[Data]], contents: Mapping[str, Data]
    ) -> list[Data]:
        """Return the whole piece, in parts, where some slots have contents of many parts.

        Raises:
            KeyError: neither ``parts_of`` nor ``contents`` names a slot.
        """
        parts: list[Data] = []
        for piece, name in zip(self._pieces[::2], (*self.slots, ""), strict=True):
            parts.append(piece)
            if name in parts_of:
                parts += parts_of[name]
            elif name:
                parts.append(contents[name])
        return parts


def _getter(names: tuple[str, ...]) -> Callable[[Mapping[str, Data]], tuple[Data, ...]]:
    """Return what looks names up: in C where that gives a tuple, which takes two names."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda contents: tuple(contents[name] for name in names)
