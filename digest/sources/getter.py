"""What a source needs of the HTTP client, and what comes of it when all is said."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from digest.core.harvest import Cursor, Harvest, Parsed
from digest.sources.trouble import FetchTrouble

if TYPE_CHECKING:  # a source that is a file must not wait for an HTTP client
    from digest.sources.answer import Answer


class Getter(Protocol):
    """Asks politely: paced, bounded, retried; ``PoliteClient`` in earnest."""

    async def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        accept: str = "*/*",
        min_interval: float = 0.0,
        pace_key: str = "",
    ) -> "Answer":
        """Return the answer.

        Raises:
            FetchTrouble: there is none that is of use.
        """
        ...


def is_not_modified(answer: "Answer") -> bool:
    """Say whether there is no body because we have it already (RFC 9110, 15.4.5)."""
    return answer.status == HTTPStatus.NOT_MODIFIED


def harvest_of(parsed: Parsed, *, before: Cursor, after: Cursor) -> Harvest:
    """Turn a reading into a harvest; only a good state moves the cursor to ``after``."""
    return Harvest(
        state=parsed.state,
        papers=parsed.papers,
        skipped=parsed.skipped,
        cursor=after if parsed.state.is_good else before,
        detail=parsed.detail,
    )


def troubled(trouble: FetchTrouble, *, cursor: Cursor) -> Harvest:
    """Turn a failed fetch into a harvest without papers."""
    return Harvest(
        state=trouble.state, cursor=cursor, detail=trouble.detail, retry_after=trouble.retry_after
    )
