"""Which address of a reader's own feed is good, as it is kept."""

from typing import Protocol


class FeedStore(Protocol):
    """Numbers of feeds: the address that holds another number is good no more."""

    def number(self, subscriber_id: int) -> int:
        """Return the number of a reader's feed; 0 until it is renewed."""
        ...

    def renew(self, subscriber_id: int) -> int:
        """Give a reader's feed the next number, and return it; 0 when the reader is gone."""
        ...
