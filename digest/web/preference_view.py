"""What the preferences page shows of a reader besides the form."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from digest.core.feedback import Verdict
from digest.core.paper import PaperId
from digest.core.render.paper_view import PaperView, view_paper
from digest.core.subscriber import Status, Subscriber
from digest.core.text import clean
from digest.web.preference_form import CADENCES
from digest.web.standing import standing
from digest.wiring import Workspace
from digest.wiring.people import may_change_settings, may_return

_JUDGED = 50
_ZONES = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


@dataclass(frozen=True, slots=True)
class Judged:
    """Papers that a reader liked, saved or disliked.

    Attributes:
        name: which of these.
        papers: the last ones.
        more: how many there are besides.
    """

    name: str
    papers: list[PaperView]
    more: int


def view(reader: Subscriber, workspace: Workspace) -> dict[str, Any]:
    """Return what stands around the form."""
    now = workspace.clock()
    is_held = reader.status is Status.PAUSED and not reader.wants_mail(now)
    is_gone = reader.status is Status.UNSUBSCRIBED
    zone = ZoneInfo(reader.schedule.timezone)
    return {
        "address": reader.email,
        "standing": standing(reader, now, workspace.store.suppressions),
        "is_held": is_held,
        "is_gone": is_gone,
        "can_change": may_change_settings(reader),
        "can_return": may_return(reader, workspace.config) and (is_held or is_gone),
        "can_pause": reader.status in {Status.ACTIVE, Status.PAUSED},
        "tomorrow": now.astimezone(zone).date() + timedelta(days=1),
        "cadences": CADENCES,
        "zones": _ZONES,
        "judged": _judged(reader, workspace),
        "left_out": _left_out(reader, workspace),
    }


def _judged(reader: Subscriber, workspace: Workspace) -> list[Judged]:
    wanted = workspace.with_feedback(reader).interests
    lists = {"Liked": wanted.liked, "Saved": wanted.saved, "Disliked": wanted.disliked}
    return [_of(name, ids, workspace) for name, ids in lists.items() if ids]


def _of(name: str, ids: tuple[PaperId, ...], workspace: Workspace) -> Judged:
    last = ids[-_JUDGED:][::-1]
    found = workspace.store.papers.papers(last)
    year = workspace.clock().year
    papers = [view_paper(found[each], 0, year) for each in last if each in found]
    return Judged(name, papers, len(ids) - len(papers))


def _left_out(reader: Subscriber, workspace: Workspace) -> list[str]:
    """Return authors that verdicts on papers keep out."""
    standing_now = workspace.store.feedback.standing([reader.id])[reader.id]
    return _unique(clean(of.author) for of in standing_now if of.verdict is Verdict.NOT_AUTHOR)


def _unique(names: Iterable[str]) -> list[str]:
    return [*dict.fromkeys(names)]
