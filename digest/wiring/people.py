"""Readers as records: the keys of a ``[[subscribers]]`` block, in both directions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from digest.config import Config, SubscriberSettings
from digest.config.load import subscriber_of
from digest.config.problems import Origin, explain
from digest.core.subscriber import Keyword, Subscriber
from digest.core.subscriber import Origin as EnteredBy
from digest.errors import ConfigError
from digest.ports import SubscriberStore


def from_record(record: Mapping[str, Any], config: Config, *, where: str) -> Subscriber:
    """Read one reader; what is left out comes from the configuration's ``[digest]``.

    Args:
        record: keys and values of a ``[[subscribers]]`` block; null counts as left out.
        config: gives the defaults.
        where: names the record in errors.

    Raises:
        ConfigError: with one line for each problem.
    """
    given = {key: value for key, value in record.items() if value is not None}
    try:
        settings = SubscriberSettings.model_validate(given)
    except ValidationError as error:
        raise ConfigError(explain(error, SubscriberSettings, given, Origin(where))) from None
    return replace(subscriber_of(settings, config), origin=EnteredBy.COMMAND)


def to_record(subscriber: Subscriber) -> dict[str, Any]:
    """Return a reader as ``from_record`` reads it."""
    wanted = subscriber.interests
    return {
        "email": subscriber.email,
        "name": subscriber.name,
        "interests": [_keyword(keyword) for keyword in wanted.keywords],
        "exclude": list(wanted.exclude),
        "categories": list(wanted.categories),
        "authors": list(wanted.authors),
        "liked": [str(liked) for liked in wanted.liked],
        "text": wanted.text,
        "timezone": subscriber.schedule.timezone,
        "cadence": str(subscriber.schedule.cadence),
        "send_at": f"{subscriber.schedule.send_at:%H:%M}",
        "max_papers": subscriber.max_papers,
        "min_score": subscriber.min_score,
        "theme": subscriber.theme,
    }


def put(store: SubscriberStore, reader: Subscriber, *, now: datetime) -> bool:
    """Add a reader, or bring the one with this address up to date; tell whether it was added.

    Status stays as it is: an import never undoes an unsubscribe.
    """
    known = store.find(reader.email)
    if known is None:
        store.add(reader, now=now)
        return True
    store.update(
        replace(
            reader,
            id=known.id,
            status=known.status,
            paused_until=known.paused_until,
            origin=known.origin,
            created_at=known.created_at,
        )
    )
    return False


def _keyword(keyword: Keyword) -> str | dict[str, Any]:
    if keyword.weight == 1.0 and keyword.field is None:
        return keyword.term
    field = {"field": keyword.field.value} if keyword.field else {}
    return {"term": keyword.term, "weight": keyword.weight} | field
