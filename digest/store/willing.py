"""Who gets mail at a time, asked of the database as ``Subscriber.wants_mail`` tells it."""

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, and_, or_

from digest.core.subscriber import Status
from digest.store.tables import subscribers


def gets_mail(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return whether a subscriber's row is one to mail at this time (UTC)."""
    is_back = and_(subscribers.c.status == Status.PAUSED, subscribers.c.paused_until <= now)
    return or_(subscribers.c.status == Status.ACTIVE, is_back)
