"""Readers' own bibliographies, as the pipeline sees them."""

from collections.abc import Sequence
from typing import Protocol

from digest.core.paper import Paper
from digest.core.subscriber import Subscriber


class Libraries(Protocol):
    """What readers have in their reference managers."""

    def papers_of(self, reader: Subscriber) -> Sequence[Paper]:
        """Return the papers of a reader's library that count, newest first; mostly none."""
        ...

    def trouble_of(self, reader: Subscriber) -> str:
        """Return why a reader's library is not known now, naming the file; mostly ""."""
        ...
