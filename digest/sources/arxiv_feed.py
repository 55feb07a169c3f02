"""Reads arXiv's feeds of announcements, and judges them by their own promises.

Only what is announced for the first time in a category is news; replaced versions are
passed over.
"""

import hashlib
from dataclasses import replace
from datetime import UTC, date

from digest.core.harvest import HarvestState, Parsed
from digest.core.paper import Paper
from digest.core.text import clean
from digest.errors import RecordError
from digest.sources.arxiv_batch import FORMATS, Announcement, Batch, open_batch
from digest.sources.arxiv_paper import arxiv_paper
from digest.sources.entries import read_entries, unreadable
from digest.sources.trouble import FetchTrouble
from digest.sources.xml import read_xml

MOST_ITEMS = 2000  # a feed holds no more, whatever was announced
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NEWS = frozenset({"new", "cross"})
_NO_NEWS = frozenset({"replace", "replace-cross"})


def parse(body: bytes, *, source: str = "arxiv-rss") -> Parsed:
    """Read one feed; ``batch`` is its day followed by a fingerprint of its bytes."""
    try:
        batch = open_batch(read_xml(body, roots=FORMATS))
    except FetchTrouble as trouble:
        return unreadable(trouble)
    read = read_entries(
        batch.items, lambda item: _news(batch.read_item(item), source=source), noun="item"
    )
    fingerprint = hashlib.sha256(body).hexdigest()[:16]
    named = replace(read, batch=f"{batch.day.isoformat() if batch.day else ''} {fingerprint}")
    return _judged(named, batch)


def day_of(batch: str) -> date | None:
    """Return the day in a batch's name, or None when it has none."""
    try:
        return date.fromisoformat(batch.partition(" ")[0])
    except ValueError:
        return None


def _judged(read: Parsed, batch: Batch) -> Parsed:
    """Compare what came with the feed's own promises: its list, its days, its limit."""
    count = len(batch.items)
    detail = ""
    if count == 0 and not (batch.day and _DAYS[batch.day.weekday()] in batch.quiet_days):
        detail = f"no item, though {batch.day or 'the feed'} is no day of rest (a holiday?)"
    elif count < batch.promised:
        detail = f"{count} items came of {batch.promised} that the feed lists"
    elif count >= MOST_ITEMS:
        detail = f"the feed is full at {count} items: spread the categories over several sources"
    if read.state is HarvestState.MALFORMED:
        return read
    if detail:
        return replace(read, state=HarvestState.INCOMPLETE, detail=detail)
    return read if count else replace(read, state=HarvestState.QUIET)


def _news(item: Announcement, *, source: str) -> Paper | None:
    """Make a paper of what is announced for the first time.

    The day of a cross-listing is the paper's first day only when its id is of that month:
    old papers are cross-listed too.
    """
    if item.kind in _NO_NEWS:
        return None
    if item.kind not in _NEWS:
        raise RecordError(f"{clean(item.kind)[:40]!r} is no kind of announcement that we know")
    paper = arxiv_paper(item.entry, source=source)
    is_first_day = item.at and (item.kind == "new" or paper.id.key.startswith(f"{item.at:%y%m}."))
    return replace(paper, published=item.at.astimezone(UTC)) if item.at and is_first_day else paper
