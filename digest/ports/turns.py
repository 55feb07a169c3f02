"""Work that processes on one store should not do twice at once."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Protocol


class Turns(Protocol):
    """Who does what just now.

    Nothing goes wrong when two do the same: what is stored is stored once. A turn saves the
    work, and ends with the process that holds it, however that process ends.
    """

    def turn(self, what: str, *, patience: timedelta) -> AbstractContextManager[bool]:
        """Have a piece of work to oneself for the length of the block.

        Args:
            what: names the work.
            patience: how long to wait for whoever does it now.

        Returns:
            Whether it is ours; False when the other one was not done in time.

        Raises:
            StoreError: the store cannot be used.
        """
        ...
