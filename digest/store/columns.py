"""Column types: how values of the core lie in a row, the same on every database.

Times are whole microseconds since 1970: exact, sortable and without a zone to get wrong.
Lists and interests are JSON, which nobody searches by SQL.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from digest.core.paper import PaperId
from digest.core.schedule import Cadence
from digest.core.subscriber import Interests, Keyword, TextField

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# Looked up and not made anew: there are hundreds of them in every batch of mails.
_TEXT_FIELDS: dict[str | None, TextField | None] = {None: None} | {
    field.value: field for field in TextField
}
_Value = TypeVar("_Value")
_Choice = TypeVar("_Choice", bound=StrEnum)


class Coded(TypeDecorator[_Value], Generic[_Value]):
    """A value that is written and read by a pair of functions; NULL is None both ways."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok = True

    def __init__(
        self,
        encode: Callable[[_Value], Any],
        decode: Callable[[Any], _Value],
        stored_as: TypeEngine[Any] | None = None,
    ) -> None:
        super().__init__()
        self.encode = encode
        self.decode = decode
        self.impl = stored_as or Text()

    def bind_processor(self, dialect: Dialect) -> Callable[[_Value | None], Any]:  # noqa: ARG002 - SQLAlchemy's signature
        """Return what writes values, with nothing between it and the driver."""
        encode = self.encode
        return lambda value: None if value is None else encode(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], _Value | None]:  # noqa: ARG002 - SQLAlchemy's signature
        """Return what reads values, with nothing between it and the driver."""
        decode = self.decode
        return lambda value: None if value is None else decode(value)


def instants() -> Coded[datetime]:
    """Times; a time without a zone is refused (TypeError), for nobody knows when it is."""
    return Coded(encode_instant, _decode_instant, BigInteger())


def days() -> Coded[date]:
    """Calendar days, as ISO text."""
    return Coded(date.isoformat, lru_cache(maxsize=512)(date.fromisoformat))


def wall_times() -> Coded[time]:
    """Hours and minutes on somebody's clock, as ISO text."""
    return Coded(time.isoformat, lru_cache(maxsize=512)(time.fromisoformat))


def cadences() -> Coded[Cadence]:
    """How often, in the words of the configuration."""
    return Coded(str, lru_cache(maxsize=32)(Cadence.parse))


def choices(members: type[_Choice]) -> Coded[_Choice]:
    """Members of an enumeration, as their text.

    Raises:
        KeyError: when read, for a text that is no member's.
    """
    return Coded(str, {member.value: member for member in members}.__getitem__)


def paper_ids() -> Coded[PaperId]:
    """Canonical paper ids, as plain text, which every driver knows."""
    return Coded(str, PaperId)


def text_lists() -> Coded[tuple[str, ...]]:
    """Texts in order."""
    return Coded(_to_json, _decode_texts)


def name_sets() -> Coded[frozenset[str]]:
    """Names without order, each between two commas, so that SQL finds them: ",theme,trending,"."""
    return Coded(_encode_names, _decode_names)


def interest_sets() -> Coded[Interests]:
    """Everything a reader said about what to read."""
    return Coded(_encode_interests, _decode_interests)


def encode_instant(at: datetime) -> int:
    """Return a time as it is stored, for statements that go straight to the driver."""
    return (at - _EPOCH) // _MICROSECOND


def _decode_instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


@lru_cache(maxsize=4_096)  # the same papers are read again for every reader's mail
def _decode_texts(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored))


def _encode_names(names: frozenset[str]) -> str:
    return f",{','.join(sorted(names))}," if names else ""


@lru_cache(maxsize=512)
def _decode_names(stored: str) -> frozenset[str]:
    return frozenset(filter(None, stored.split(",")))


def _encode_interests(interests: Interests) -> str:
    return _to_json(
        {
            "keywords": [(word.term, word.weight, word.field) for word in interests.keywords],
            "exclude": interests.exclude,
            "categories": interests.categories,
            "authors": interests.authors,
            "liked": interests.liked,
            "text": interests.text,
            "saved": interests.saved,
            "disliked": interests.disliked,
            "exclude_authors": interests.exclude_authors,
        }
    )


def _decode_interests(stored: str) -> Interests:
    told = json.loads(stored)
    return Interests(
        keywords=tuple(
            Keyword(term, weight, _TEXT_FIELDS[field]) for term, weight, field in told["keywords"]
        ),
        exclude=tuple(told["exclude"]),
        categories=tuple(told["categories"]),
        authors=tuple(told["authors"]),
        liked=tuple(map(PaperId, told["liked"])),
        text=told["text"],
        # Rows of older versions do not have these.
        saved=tuple(map(PaperId, told.get("saved", ()))),
        disliked=tuple(map(PaperId, told.get("disliked", ()))),
        exclude_authors=tuple(told.get("exclude_authors", ())),
    )
