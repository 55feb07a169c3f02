"""Who gets mail at a time, asked of the database as ``Subscriber.wants_mail`` tells it."""

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, and_, exists, or_

from digest.core.subscriber import Status
from digest.store.tables import subscribers, suppressions


def gets_mail(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return whether a subscriber's row is one to mail at this time (UTC)."""
    is_back = and_(subscribers.c.status == Status.PAUSED, subscribers.c.paused_until <= now)
    return or_(subscribers.c.status == Status.ACTIVE, is_back)


def is_suppressed() -> ColumnElement[bool]:
    """Return whether the address of a subscriber's row must not be mailed."""
    return exists().where(suppressions.c.address_key == subscribers.c.email_key)
