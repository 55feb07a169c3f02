"""When arXiv announces: which day's batch must be there by now.

Papers are announced at 20:00 US Eastern time, Sunday to Thursday, and the feeds rebuilt at
the midnight that follows (https://info.arxiv.org/help/availability.html, …/rss.html), so a
batch is dated Monday to Friday. Holidays are decided year by year and not known here.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_EASTERN = ZoneInfo("America/New_York")
_TIME_TO_REBUILD = timedelta(hours=1)
_FRIDAY = 4


def expected_batch(now: datetime) -> date:
    """Return the date of the newest batch that the feeds must carry by now."""
    day = (now.astimezone(_EASTERN) - _TIME_TO_REBUILD).date()
    return day - timedelta(days=max(day.weekday() - _FRIDAY, 0))
