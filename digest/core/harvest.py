"""What came of one fetch: papers, or a named state that is never "success, 0 new"."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.core.paper import Paper


class HarvestState(StrEnum):
    """What an upstream's answer amounted to."""

    OK = "ok"  # papers came, as many as promised
    QUIET = "quiet"  # the upstream says that there is nothing today (a weekend, a holiday)
    UNCHANGED = "unchanged"  # 304, or byte for byte the answer we had
    STALE = "stale"  # yesterday's batch where today's was due
    INCOMPLETE = "incomplete"  # fewer entries than the answer itself promises
    TRUNCATED = "truncated"  # the body ended early
    MALFORMED = "malformed"  # not the format it should be
    RATE_LIMITED = "rate-limited"  # 429, or a 200 that says "Rate exceeded."
    UNREACHABLE = "unreachable"  # no connection, a reset, a time-out, a 5xx
    REFUSED = "refused"  # a 4xx: asking again unchanged will not help
    BLOCKED = "blocked"  # the address or a redirect leads where we do not go
    TOO_LARGE = "too-large"  # more bytes than we accept

    @property
    def is_good(self) -> bool:
        """True when the cursor may move; everything else is retried and shown."""
        return self in {HarvestState.OK, HarvestState.QUIET, HarvestState.UNCHANGED}

    @property
    def is_permanent(self) -> bool:
        """True when somebody has to mend the configuration before a retry can help."""
        return self in {HarvestState.REFUSED, HarvestState.BLOCKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a source has been read; opaque to everybody but the source.

    Attributes:
        since: papers before this were harvested already (UTC); None at the first harvest.
        etag: HTTP ETag of the last good answer, or "".
        last_modified: HTTP Last-Modified of it, or "".
        batch: the upstream's own name for its last batch (a build date), or "".
    """

    since: datetime | None = None
    etag: str = ""
    last_modified: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a pure parser made of one answer's bytes.

    Attributes:
        papers: the records that could be read.
        skipped: one line for each that could not: which, and why.
        state: what the answer amounted to.
        detail: one line for people when the state is not good, else "".
        total: how many records the upstream says there are in all; None when it does not.
        batch: the upstream's own name for this batch, or "".
    """

    papers: tuple[Paper, ...] = ()
    skipped: tuple[str, ...] = ()
    state: HarvestState = HarvestState.OK
    detail: str = ""
    total: int | None = None
    batch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What came of one fetch from one source.

    Attributes:
        state: what it amounted to.
        papers: what was read, also when the state is not good (half an answer has news too).
        skipped: one line for each record that could not be read.
        cursor: where to go on; the caller stores it only when the state is good.
        detail: one line for people when the state is not good, else "".
        retry_after: the upstream asked not to be called before this (UTC), or None.
    """

    state: HarvestState
    papers: tuple[Paper, ...] = ()
    skipped: tuple[str, ...] = ()
    cursor: Cursor = Cursor()
    detail: str = ""
    retry_after: datetime | None = None

    @property
    def remark(self) -> str:
        """One line for people: the trouble, and what was skipped; "" when there is neither."""
        number = len(self.skipped)
        first = f"skipped {number}, the first: {self.skipped[0]}" if number else ""
        return "; ".join(filter(None, (self.detail, first)))
