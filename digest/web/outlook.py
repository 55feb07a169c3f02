"""What a reader's next mail would hold now, as the preferences page shows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.core.rank import unheard_of
from digest.core.render.paper_view import PaperView, view_paper
from digest.core.render.reason_view import ReasonView, view_reason, view_reasons
from digest.core.schedule import due_at, next_slot, upcoming_slot
from digest.core.subscriber import Subscriber
from digest.pipeline.compose import look_ahead
from digest.pipeline.window import Window, open_window
from digest.wiring import Workspace

_SHOWN = 5
_FRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pick:
    """A paper that the next mail would hold, and why."""

    paper: PaperView
    reasons: list[ReasonView]


@dataclass(frozen=True, slots=True)
class Outlook:
    """The next mail as it would be now.

    Attributes:
        when: its day and hour where the reader is.
        total: how many papers it would hold.
        picks: the first of them.
        remarks: a line on each keyword that does not work.
        of_categories: a line on each category that nobody has heard of.
    """

    when: str
    total: int
    picks: list[Pick]
    remarks: list[str]
    of_categories: list[str]


class Outlooks:
    """Looks ahead for one reader after another, from one window for some while.

    To open a window and to compare its papers takes a second or two. Not for use by several
    threads at once.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._window: Window | None = None
        self._opened_at: datetime | None = None

    def of(self, reader: Subscriber) -> Outlook:
        """Rank what is new for a reader, storing nothing."""
        workspace = self._workspace
        store, now = workspace.store, workspace.clock()
        window = self._opened(now)
        edition, remarks = look_ahead(
            reader,
            upcoming_slot(reader.schedule, now),
            window,
            papers=store.papers,
            editions=store.editions,
            feedback=store.feedback,
            now=now,
            embedder=workspace.embedder,
            libraries=workspace.libraries,
        )
        at = due_at(reader.schedule, next_slot(reader.schedule, now))
        local = at.astimezone(ZoneInfo(reader.schedule.timezone))
        return Outlook(
            when=f"{local:%A} {local.day} {local:%B, %H:%M}",
            total=len(edition.picks),
            picks=[
                Pick(view_paper(match.paper, 0, now.year), view_reasons(match.reasons, view_reason))
                for match in edition.picks[:_SHOWN]
            ],
            remarks=[remark.line for remark in remarks],
            of_categories=unheard_of(
                reader.interests.categories, (paper.categories for paper in window.pool.papers)
            ),
        )

    def _opened(self, now: datetime) -> Window:
        """Return a window that holds every paper that there is."""
        window, papers = self._window, self._workspace.store.papers
        is_old = self._opened_at is None or now - self._opened_at >= _FRESH
        if window is None or is_old or window.newest < papers.newest_serial():
            window = open_window(
                papers,
                now=now,
                max_age=self._workspace.config.digest.max_age,
                embedder=self._workspace.embedder,
            )
            self._window, self._opened_at = window, now
        return window
