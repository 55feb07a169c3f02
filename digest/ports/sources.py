"""Where papers come from."""

from datetime import datetime
from typing import Protocol

from digest.core.harvest import Cursor, Harvest


class Source(Protocol):
    """Where papers come from."""

    @property
    def name(self) -> str:
        """The name under which its cursor and state are kept; unique in a configuration."""
        ...

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Harvest:
        """Ask the upstream once, politely, for what is new since ``cursor``.

        Never raises for anything the upstream does: trouble is a state of the result.
        """
        ...
