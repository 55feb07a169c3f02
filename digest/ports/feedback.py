"""What readers said of papers, as it is kept."""

from collections.abc import Iterable
from typing import Protocol

from digest.core.feedback import Feedback


class FeedbackStore(Protocol):
    """Verdicts of readers on papers; the last one on a paper stands."""

    def record(self, subscriber_id: int, feedback: Feedback) -> bool:
        """Store a verdict; False when nothing changes.

        That is so when it stands already, and when the reader is gone.

        Raises:
            UnknownPaperError: no paper is known under its id.
        """
        ...

    def standing(self, subscriber_ids: Iterable[int]) -> dict[int, list[Feedback]]:
        """Return each reader's last verdict on each paper, oldest first; all are present.

        Papers are named by the ids that they go by now.
        """
        ...

    def history(self, subscriber_id: int) -> list[Feedback]:
        """Return every verdict of a reader, newest first."""
        ...
