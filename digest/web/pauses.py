"""Whether mail comes: what the buttons of a reader's page do to it."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from digest.core.subscriber import Subscriber
from digest.wiring import Workspace
from digest.wiring.people import may_return

WISHES = frozenset({"pause", "leave", "back"})
_MOST_YEARS = 5


class PauseError(ValueError):
    """A pause cannot end when it is to end; a sentence says why."""


def change_of(
    form: Mapping[str, str], reader: Subscriber, workspace: Workspace
) -> Callable[[Subscriber], Subscriber]:
    """Return what a form with one of ``WISHES`` does to its reader.

    Raises:
        PauseError: the date in it is none to come.
    """
    match form["do"]:
        case "pause":
            until = _pause_end(form.get("until", ""), reader, workspace.clock())
            return lambda now: now.pause(until)
        case "back" if may_return(reader, workspace.config):
            return Subscriber.come_back
        case "back":
            return lambda now: now
        case _:
            return Subscriber.unsubscribe


def _pause_end(raw: str, reader: Subscriber, now: datetime) -> datetime:
    """Return the first moment of a day where the reader is."""
    zone = ZoneInfo(reader.schedule.timezone)
    try:
        day = date.fromisoformat(raw.strip())
    except ValueError:
        raise PauseError("This is not a date such as 2026-12-31.") from None
    today = now.astimezone(zone).date()
    if not today < day <= today.replace(year=today.year + _MOST_YEARS, day=1):
        raise PauseError("Choose a day after today, within the next years.")
    return datetime.combine(day, time(), zone).astimezone(UTC)
