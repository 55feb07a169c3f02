"""How a reader stands, in a sentence."""

from datetime import datetime
from zoneinfo import ZoneInfo

from digest.core.bounces import SuppressedBy
from digest.core.render.words import day_and_month, when
from digest.core.subscriber import Status, Subscriber
from digest.ports.bounces import SuppressionStore


def standing(reader: Subscriber, now: datetime, suppressions: SuppressionStore) -> str:
    """Say when mail comes, or everything that keeps it from coming."""
    held_back = blocked(reader, suppressions)
    if held_back and reader.wants_mail(now):
        return held_back
    return f"{_of_settings(reader, now)} {held_back}".strip()


def _of_settings(reader: Subscriber, now: datetime) -> str:
    if reader.wants_mail(now):
        return f"Mail comes {when(reader.schedule)}."
    match reader.status:
        case Status.PAUSED if reader.paused_until:
            return f"Mail is paused until {local_day(reader, reader.paused_until, now)}."
        case Status.PAUSED:
            return "Mail is paused until you want it again."
        case Status.UNSUBSCRIBED:
            return "You are unsubscribed: no mail comes."
        case Status.PENDING | Status.ACTIVE:
            return "No mail comes before the link in the first mail has been confirmed."


_BLOCKED = {
    SuppressedBy.BOUNCES: (
        "Mail to this address is held back, because mails to it came back. If the mailbox works "
        "again, a link that is mailed to it lets mail through."
    ),
    SuppressedBy.ERASED: (
        "Mail to this address is held back, because it was deleted from this list before. A link "
        "that is mailed to it lets mail through."
    ),
    SuppressedBy.COMPLAINT: (
        "Mail to this address is held back, because a mail to it was reported as spam; only "
        "whoever runs this list can allow it again."
    ),
    SuppressedBy.OPERATOR: (
        "Mail to this address is held back by whoever runs this list, who alone can allow it again."
    ),
}


def blocked(reader: Subscriber, suppressions: SuppressionStore) -> str:
    """Say why an address is not mailed whatever its reader's settings are, or ""."""
    stands = suppressions.find(reader.email)
    return "" if stands is None else _BLOCKED[stands.kind]


def local_day(reader: Subscriber, moment: datetime, now: datetime) -> str:
    """Return the day of a moment where the reader is: "23 Dec"."""
    zone = ZoneInfo(reader.schedule.timezone)
    return day_and_month(moment.astimezone(zone).date(), this_year=now.astimezone(zone).date().year)
