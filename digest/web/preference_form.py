"""The form of the preferences page: a reader's settings as fields of text, and back.

Fields are checked by what checks a ``[[subscribers]]`` block: the same limits hold everywhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from digest.config import Config
from digest.core.interest_text import kind_of, split_wishes
from digest.core.keyword_lines import from_lines, to_line, to_lines
from digest.core.subscriber import Subscriber
from digest.errors import ConfigError
from digest.wiring.people import from_record, to_record

_MOST_LINES = 200
_PROBLEM = re.compile(r"form: (?P<key>\w+)(?:\[(?P<line>\d+)\])?", re.ASCII)
_LISTS = ("exclude", "authors", "exclude_authors", "categories")
_TEXTS = ("name", "text", "cadence", "send_at", "timezone", "max_papers")
_FIELD_OF = {"author": "authors", "category": "categories", "not": "exclude"}
_PHRASE = "a word or a phrase of at most 200 characters"
_ALLOWED = {
    "interests": f"{_PHRASE}, or has a weight beyond -100 to 100",
    "exclude": _PHRASE,
    "authors": "a name of at most 200 characters",
    "exclude_authors": "a name of at most 200 characters",
    "categories": "a subject code such as cs.IR",
    "name": "a name of at most 100 characters",
    "text": "a text of at most 5000 characters",
    "cadence": "one of the list",
    "send_at": "a time from 00:00 to 23:59",
    "timezone": "a name such as Europe/Paris or UTC",
    "max_papers": "a whole number from 1 to 100",
}
CADENCES = {
    "daily": "every day",
    "weekdays": "each weekday",
    "weekly": "each Monday",
    "weekly:tue": "each Tuesday",
    "weekly:wed": "each Wednesday",
    "weekly:thu": "each Thursday",
    "weekly:fri": "each Friday",
    "weekly:sat": "each Saturday",
    "weekly:sun": "each Sunday",
    "monthly": "on the first of each month",
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was sent.

    Attributes:
        fields: what stands in it, to be shown again.
        errors: a sentence for each field that is not right.
        wanted: the reader as the form has it, the same as before where something is not right.
    """

    fields: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    wanted: Subscriber | None = None


def fields_of(reader: Subscriber) -> dict[str, str]:
    """Return a reader's settings as the fields of the form."""
    record = to_record(reader)
    return {
        "interests": to_lines(reader.interests.keywords),
        **{name: "\n".join(" ".join(each.split()) for each in record[name]) for name in _LISTS},
        **{name: str(record[name]) for name in _TEXTS},
    }


def read_fields(form: Mapping[str, str], reader: Subscriber, config: Config) -> Filled:
    """Read a form that was sent; a field that is missing stays as it is.

    Args:
        form: its fields.
        reader: whose settings it is to change.
        config: gives the list's defaults.
    """
    usual = fields_of(reader)
    fields = {name: form.get(name, usual[name]).replace("\r\n", "\n") for name in usual}
    try:
        fields |= _sorted(fields, reader)
    except ValueError as error:
        return Filled(fields, {"interests": str(error)})
    errors = {
        name: f"At most {_MOST_LINES} lines, please."
        for name in ("interests", *_LISTS)
        if len(_lines(fields[name])) > _MOST_LINES
    }
    if errors:
        return Filled(fields, errors)
    try:
        wanted = from_record(to_record(reader) | _changes(fields, reader), config, where="form")
    except ConfigError as error:
        return Filled(fields, _errors(error))
    return Filled(fields, wanted=with_settings(reader, wanted))


def with_settings(reader: Subscriber, wanted: Subscriber) -> Subscriber:
    """Return a reader with those settings of another one that the form is about."""
    said = wanted.interests
    changed = replace(
        reader,
        name=wanted.name,
        interests=replace(
            reader.interests,
            keywords=said.keywords,
            exclude=said.exclude,
            categories=said.categories,
            authors=said.authors,
            exclude_authors=said.exclude_authors,
            text=said.text,
        ),
        schedule=wanted.schedule,
        max_papers=wanted.max_papers,
    )
    return changed.has_decided(reader)


def _sorted(fields: Mapping[str, str], reader: Subscriber) -> dict[str, str]:
    """Return the fields after each new line of interests went where the sign-up form puts it.

    Raises:
        ValueError: a line cannot be understood; one sentence.
    """
    shown = {to_line(keyword) for keyword in reader.interests.keywords}
    lists = {name: _lines(fields[name]) for name in ("interests", *_FIELD_OF.values())}
    kept: list[str] = []
    for number, line in enumerate(lists["interests"], start=1):
        if " ".join(line.split()) in shown:
            kept.append(line)
            continue
        try:
            wishes = [kind_of(wish) for wish in split_wishes(line)]
        except ValueError as error:
            raise ValueError(f"Line {number}: {error}") from None
        for kind, value in wishes:
            (lists[_FIELD_OF[kind]] if kind in _FIELD_OF else kept).append(value)
    return {
        name: "\n".join(dict.fromkeys(each)) for name, each in (lists | {"interests": kept}).items()
    }


def _changes(fields: Mapping[str, str], reader: Subscriber) -> dict[str, Any]:
    keywords = from_lines(_lines(fields["interests"]), reader.interests.keywords)
    changes: dict[str, Any] = {name: fields[name].strip() for name in _TEXTS}
    changes |= {name: _lines(fields[name]) for name in _LISTS}
    changes["send_at"] = changes["send_at"][:5]  # browsers may add seconds
    changes["interests"] = [
        {"term": each.term, "weight": each.weight, "field": each.field} for each in keywords
    ]
    return changes


def _errors(error: ConfigError) -> dict[str, str]:
    """Return the first problem of each field as a sentence."""
    errors: dict[str, str] = {}
    for problem in error.problems:
        match = _PROBLEM.match(problem)
        name, line = (match["key"], match["line"]) if match else ("", None)
        where = f"Line {line} is" if line else "This is"
        errors.setdefault(name, f"{where} not {_ALLOWED.get(name, 'what is allowed here')}.")
    return errors


def _lines(text: str) -> list[str]:
    """Return the lines that hold something, each once."""
    return [*dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())]
