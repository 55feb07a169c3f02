"""Readers as records: the keys of a ``[[subscribers]]`` block and their state, both ways."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, ValidationError, field_validator

from digest.config import Config, SubscriberSettings
from digest.config.controls import control_characters
from digest.config.load import subscriber_of
from digest.config.problems import Origin, explain, unknown_key
from digest.core.subscriber import Keyword, Status, Subscriber
from digest.core.subscriber import Origin as EnteredBy
from digest.errors import ConfigError


def _in_our_time(moment: datetime | None) -> datetime | None:
    if moment and not 1970 <= moment.year <= 2200:  # noqa: PLR2004 - the calendar ends beyond
        raise ValueError("is too far away; allowed: a time from 1970 to 2200")
    return moment


class _Record(SubscriberSettings):
    """A block with what only the store knows: a reader exported and imported stays the same."""

    status: Status = Status.ACTIVE
    paused_until: Annotated[AwareDatetime | None, AfterValidator(_in_our_time)] = None

    @field_validator("library", mode="before")
    @classmethod
    def _library_in_file(cls, _given: object) -> object:
        raise ValueError("names a file; allowed: in a [[subscribers]] block of the configuration")


def from_record(record: Mapping[str, Any], config: Config, *, where: str) -> Subscriber:
    """Read one reader; what is left out comes from the configuration's ``[digest]``.

    Args:
        record: keys and values of a ``[[subscribers]]`` block, perhaps ``status`` and
            ``paused_until``; null counts as left out.
        config: gives the defaults.
        where: names the record in errors.

    Raises:
        ConfigError: with one line for each problem.
    """
    given = {key: value for key, value in record.items() if value is not None}
    if problems := control_characters(given, Origin(where)):
        raise ConfigError(problems)
    try:
        settings = _Record.model_validate(given)
    except ValidationError as error:
        raise ConfigError(explain(error, _Record, given, Origin(where))) from None
    until = settings.paused_until
    return replace(
        subscriber_of(settings, config),
        origin=EnteredBy.COMMAND,
        status=settings.status,
        paused_until=until and until.astimezone(UTC),
    )


def header_problems(names: Sequence[str], *, where: str) -> Iterator[str]:
    """Yield a line for each thing that is wrong with the header of a table of readers."""
    if any("@" in name for name in names):
        yield (
            f"{where}: is no header but has an address; allowed: a first line that names the "
            "columns, such as email,name,interests"
        )
        return
    for name, times in Counter(names).items():
        if name not in _Record.model_fields:
            yield f"{where}: {name}: {unknown_key(name, _Record)}"
        elif times > 1:
            yield f"{where}: {name}: is there more than once; allowed: once"
    if "email" not in names:
        yield f"{where}: email: is missing"


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
        "exclude_authors": list(wanted.exclude_authors),
        "liked": [*map(str, wanted.liked)],
        "saved": [*map(str, wanted.saved)],
        "disliked": [*map(str, wanted.disliked)],
        "text": wanted.text,
        "timezone": subscriber.schedule.timezone,
        "cadence": str(subscriber.schedule.cadence),
        "send_at": f"{subscriber.schedule.send_at:%H:%M}",
        "max_papers": subscriber.max_papers,
        "min_score": subscriber.min_score,
        "trending_weight": subscriber.trending_weight,
        "trending": subscriber.trending,
        "outsider": subscriber.outsider,
        "theme": subscriber.theme,
        "status": subscriber.status.value,
        "paused_until": subscriber.paused_until,
    }


def stated(subscriber: Subscriber) -> dict[str, Any]:
    """Return a reader as ``from_record`` reads it, with null for what is left to the list."""
    return to_record(subscriber) | dict.fromkeys(subscriber.follows)


def is_in_file(email: str, config: Config) -> bool:
    """Tell whether a block of the configuration has the last word on this reader."""
    return email.casefold() in {reader.email.casefold() for reader in config.subscribers}


def _keyword(keyword: Keyword) -> str | dict[str, Any]:
    if keyword.weight == 1.0 and keyword.field is None:
        return keyword.term
    field = {"field": keyword.field.value} if keyword.field else {}
    return {"term": keyword.term, "weight": keyword.weight} | field


def may_change_settings(reader: Subscriber) -> bool:
    """Tell whether a reader's own settings would last: the file's are read again at each start."""
    return reader.origin is not EnteredBy.FILE


def was_taken_out(reader: Subscriber, config: Config) -> bool:
    """Tell whether a reader's block is gone from the file: mail to them ends at each start."""
    return reader.origin is EnteredBy.FILE and not is_in_file(reader.email, config)


def may_return(reader: Subscriber, config: Config) -> bool:
    """Tell whether a reader's return would last."""
    return reader.status is not Status.PENDING and not was_taken_out(reader, config)


def may_move(reader: Subscriber, config: Config) -> bool:
    """Tell whether a reader's own change of address would last.

    One whose old address stands in the file would be added with it anew at the next start.
    """
    is_filed = not may_change_settings(reader) or is_in_file(reader.email, config)
    return reader.status is not Status.PENDING and not is_filed
