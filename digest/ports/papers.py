"""Papers, their signals and the state of their sources, as they are kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.core.harvest import Cursor, Harvest
from digest.core.paper import Paper, PaperId, Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPaper:
    """A paper with what the store adds.

    Attributes:
        serial: rises by one with each paper first seen; the unit of cut-offs.
        paper: the merged record, signals as last seen.
        first_seen: when the first source told us (UTC).
    """

    serial: int
    paper: Paper
    first_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """What is known about one source's harvests.

    Attributes:
        name: the source's name.
        cursor: how far it was read.
        state: name of the last ``HarvestState``, or "" before the first harvest.
        detail: one line for people when that state was not good, or records were skipped.
        checked_at: when it was last asked (UTC), or None.
        good_at: when it last gave a good answer (UTC), or None.
        failures: how many answers in a row were not good.
        not_before: do not ask before this (UTC), or None.
        papers_total: how many papers it told us first.
    """

    name: str
    cursor: Cursor = Cursor()
    state: str = ""
    detail: str = ""
    checked_at: datetime | None = None
    good_at: datetime | None = None
    failures: int = 0
    not_before: datetime | None = None
    papers_total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """How many papers of a harvest were new, and how many were known and brought up to date."""

    new: int
    merged: int


class PaperStore(Protocol):
    """Papers, their signals and the state of their sources."""

    def record_harvest(
        self, source: str, harvest: Harvest, *, now: datetime, not_before: datetime | None
    ) -> Added:
        """Upsert papers by work, append signals, record state and move the cursor at once.

        One transaction. A paper already known under any of its ``work_keys`` is merged and
        keeps its id and serial. The cursor moves only when the harvest's state is good.
        """
        ...

    def source_record(self, name: str) -> SourceRecord:
        """Return what is known of a source; an empty record before its first harvest."""
        ...

    def source_records(self) -> list[SourceRecord]:
        """Return every source ever asked, by name."""
        ...

    def newest_serial(self) -> int:
        """Return the serial of the newest paper, 0 when there is none."""
        ...

    def papers_since(self, serial: int, *, first_seen_after: datetime) -> list[StoredPaper]:
        """Return papers with a greater serial, seen after a time, in serial order."""
        ...

    def sightings(
        self, *, first_seen_after: datetime, by: datetime
    ) -> dict[PaperId, list[Sighting]]:
        """Return what each community number was at first, and what it was at a time.

        Args:
            first_seen_after: only of papers that were first seen after this.
            by: the time; a number that was first told later has its first sighting alone.
        """
        ...

    def papers_between(self, begin: datetime, end: datetime) -> list[StoredPaper]:
        """Return papers first seen from ``begin`` up to, not including, ``end``, in order."""
        ...

    def first_seen_times(self) -> list[tuple[datetime, int]]:
        """Return when papers were first seen, with how many then, oldest first."""
        ...

    def papers(self, ids: Iterable[PaperId]) -> dict[PaperId, Paper]:
        """Return the papers known under these ids (aliases count), keyed as asked."""
        ...
