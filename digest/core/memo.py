"""Keeps what was made of a key, so that it is made once: up to a number, then from the beginning.

``functools.lru_cache`` notes at each hit which was asked for last; where tens are asked for in
every mail, that costs more than now and then to make things anew.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Made = TypeVar("_Made")


class Memo(dict[_Key, _Made]):
    """What was made, by key; ``memo[key]`` makes what is missing, and nothing else does.

    Args:
        make: makes it.
        most: how many to keep; with one more, all others are forgotten.
    """

    __slots__ = ("_make", "_most")

    def __init__(self, make: Callable[[_Key], _Made], most: int) -> None:
        super().__init__()
        self._make = make
        self._most = most

    def __missing__(self, key: _Key) -> _Made:
        """Make what is not there."""
        made = self._make(key)
        if len(self) >= self._most:
            self.clear()
        self[key] = made
        return made
