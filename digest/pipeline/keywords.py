"""Look at readers' keywords against the papers that may be candidates now."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from digest.core.rank import Remark, examine
from digest.core.subscriber import Subscriber
from digest.pipeline.window import open_window
from digest.ports import PaperStore


def examine_keywords(
    readers: Iterable[Subscriber], *, papers: PaperStore, max_age: timedelta, now: datetime
) -> list[tuple[Subscriber, tuple[Remark, ...]]]:
    """Return each reader with the remarks on their keywords."""
    pool = open_window(papers, now=now, max_age=max_age).pool
    return [(reader, examine(pool, reader.interests)) for reader in readers]
