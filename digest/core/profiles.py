"""The JSON form of a profile: what files of profiles hold.

Only ``id`` is required, and at least one of ``keywords``, ``text``, ``categories``,
``authors``, ``liked`` and ``saved``; ``null`` and a missing key both mean "none". A key that is
nearly one of ours is a mistake; others are notes of whoever wrote the file.
"""

from collections.abc import Mapping

from digest.core.meant import meant
from digest.core.paper import PaperId
from digest.core.rank.results import Profile
from digest.core.shown import shown
from digest.core.subscriber import Interests, Keyword, TextField
from digest.core.text import breaks_lines, clean
from digest.errors import RecordError

MOST_WEIGHT = 100.0

KEYS = (
    "id", "keywords", "weights", "text", "exclude", "categories", "authors", "exclude_authors",
    "liked", "saved", "disliked",
)  # fmt: skip
_ALIKE = 0.75  # "keyword", "exlude" and "wieght" are; "kind" and "seed" are no mistakes
_KEYWORD_KEYS = ("term", "weight", "field")
_INTERESTS = ("keywords", "text", "categories", "authors", "liked", "saved")
_FIELDS = " or ".join(f'"{field}"' for field in TextField)


def profile_from_record(record: Mapping[str, object], *, source: str = "paper") -> Profile:
    """Read one profile.

    Args:
        record: the parsed JSON object; keys like none of ours are left alone.
        source: the namespace of papers' ids that nobody else knows, as for papers.

    Raises:
        RecordError: a key is missing, misspelt or holds what it must not; the message names it.
    """
    _refuse_misspelt(record)
    interests = Interests(
        keywords=_keywords(record),
        exclude=_texts(record, "exclude"),
        categories=_texts(record, "categories"),
        authors=_texts(record, "authors"),
        liked=_papers(record, "liked", source),
        text=_text(record, "text"),
        saved=_papers(record, "saved", source),
        disliked=_papers(record, "disliked", source),
        exclude_authors=_texts(record, "exclude_authors"),
    )
    identity = _id(record)
    if not any(record.get(key) for key in _INTERESTS):
        raise RecordError(f"{', '.join(_INTERESTS)}: all are missing, one is needed")
    return Profile(id=identity, interests=interests)


def unknown_keys(record: Mapping[str, object]) -> tuple[str, ...]:
    """Return the keys of a profile that say nothing here, in their order."""
    return tuple(key for key in record if key not in KEYS)


def _refuse_misspelt(record: Mapping[str, object]) -> None:
    for key in unknown_keys(record):
        if near := meant(key, [known for known in KEYS if known not in record], alike=_ALIKE):
            raise RecordError(
                f"{shown(key)}: unknown key, did you mean {near!r}? allowed: {', '.join(KEYS)}"
            )


def _id(record: Mapping[str, object]) -> str:
    """Return the id as it is given: whoever wrote it looks for it in what comes out."""
    if not _text(record, "id"):
        raise RecordError("id: it is missing, a text is needed")
    given = str(record["id"])
    if breaks_lines(given):
        raise RecordError(f"id: {shown(given)} has control characters, none are allowed")
    return given


def _keywords(record: Mapping[str, object]) -> tuple[Keyword, ...]:
    given = _list(record, "keywords")
    weights = _list(record, "weights") or [None] * len(given)
    if len(weights) != len(given):
        raise RecordError(
            f"weights: {len(weights)} for {len(given)} keywords, one for each is needed"
        )
    return tuple(map(_keyword, given, weights))


def _keyword(given: object, beside: object) -> Keyword:
    told = given if isinstance(given, dict) else {"term": given}
    term = told.get("term")
    if not isinstance(term, str) or not (text := clean(term)):
        raise RecordError(
            f'keywords: {shown(given)} is not allowed, it must be a text or {{"term": "a text"}}'
        )
    for key in told:
        if key not in _KEYWORD_KEYS:
            raise RecordError(
                f"keywords: {shown(key)}: unknown key, allowed: {', '.join(_KEYWORD_KEYS)}"
            )
    weight = told.get("weight")
    return Keyword(
        term=text,
        weight=_weight(beside if weight is None else weight),
        field=_field(told.get("field")),
    )


def _weight(value: object) -> float:
    if value is None:
        return 1.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RecordError(f"weight: {shown(value)} is not allowed, it must be a number or null")
    if not -MOST_WEIGHT <= value <= MOST_WEIGHT:  # nor is it a number at all, as NaN is not
        raise RecordError(
            f"weight: {value} is not allowed, it must be from {-MOST_WEIGHT} to {MOST_WEIGHT}"
        )
    return float(value)


def _field(value: object) -> TextField | None:
    if value is None:
        return None
    if value not in list(TextField):
        raise RecordError(f"field: {shown(value)} is not allowed, it must be {_FIELDS}")
    return TextField(str(value))


def _text(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str | None):
        raise RecordError(f"{key}: {shown(value)} is not allowed, it must be a text or null")
    return clean(value or "")


def _texts(record: Mapping[str, object], key: str) -> tuple[str, ...]:
    texts = _list(record, key)
    for text in texts:
        if not isinstance(text, str):
            raise RecordError(f"{key}: {shown(text)} is not allowed, it must be a list of texts")
    return tuple(filter(None, (clean(str(text)) for text in texts)))


def _papers(record: Mapping[str, object], key: str, source: str) -> tuple[PaperId, ...]:
    return tuple(PaperId.parse(each, source=source) for each in _texts(record, key))


def _list(record: Mapping[str, object], key: str) -> list[object]:
    value = record.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise RecordError(f"{key}: {shown(value)} is not allowed, it must be a list or null")
    return value
