"""Rendered text with slots left open for what differs from reader to reader."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Generic

from digest.core.render.medium import Data, Medium

# Noncharacters (Unicode 23.7): no cleaned text holds one, so no paper can forge a slot.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_SLOT = re.compile(f"{_OPEN}([a-z_]+[0-9]?){_CLOSE}")


def slot(name: str) -> str:
    """Return the mark that stands for an open slot in a rendered text."""
    return f"{_OPEN}{name}{_CLOSE}"


def cut(rendered: str, medium: Medium[Data]) -> "Fragment[Data]":
    """Return a rendered text as a piece with slots where its marks are.

    Raises:
        ValueError: a mark is broken: a template did more with it than print it.
    """
    parts = _SLOT.split(rendered)
    for text in parts[::2]:
        if _OPEN in text or _CLOSE in text:
            raise ValueError(
                "a word that differs from reader to reader was put through a filter;"
                " such words can only be printed"
            )
    return Fragment([medium.press(text) for text in parts[::2]], parts[1::2], medium.join)


class Fragment(Generic[Data]):
    """A piece with open slots.

    Args:
        texts: what is before, between and after the slots.
        slots: the names of the open slots, in order.
        join: makes one text of several.

    Attributes:
        slots: the names of the open slots, in order.
    """

    __slots__ = ("_contents", "_join", "_pieces", "slots")

    def __init__(
        self,
        texts: Sequence[Data],
        slots: Sequence[str],
        join: Callable[[Iterable[Data]], Data],
    ) -> None:
        self.slots = tuple(slots)
        self._join = join
        self._pieces = [texts[0]]
        for text in texts[1:]:
            self._pieces += (text, text)  # the first only keeps the place of a slot's content
        self._contents = _getter(self.slots)

    def close(self, name: str, content: Data) -> "Fragment[Data]":
        """Return the same piece with a slot filled for good, wherever it is."""
        texts, slots = [self._pieces[0]], []
        for slot_name, text in zip(self.slots, self._pieces[2::2], strict=True):
            if slot_name == name:
                texts[-1] = self._join((texts[-1], content, text))
            else:
                slots.append(slot_name)
                texts.append(text)
        return Fragment(texts, slots, self._join)

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
