"""Say what is wrong with a configuration: one line a problem, in the user's own words.

Form: ``where: table.key: what is wrong; allowed: …`` where *where* is the file or the
environment variable. Values are quoted back only where they cannot be secrets.
"""

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from digest.core.meant import meant

_SECRET_KEYS = {"password", "token_command"}
_NOT_YET = {
    "arxiv-oai", "biorxiv", "medrxiv", "openalex", "crossref", "semantic-scholar", "pubmed",
    "openreview",
}  # fmt: skip
_WRONG = {
    "missing": "is missing",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "path_type": "must be a path",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
}


@dataclass
class Origin:
    """Where values came from: a file, and variables that override some of its keys."""

    file: str
    variables: dict[tuple[str, ...], str] = field(default_factory=dict)


def explain(
    error: ValidationError, model: type[BaseModel], raw: Mapping[str, Any], origin: Origin
) -> list[str]:
    """Return one line for each problem in ``error``.

    Args:
        error: what validation found.
        model: the class it validated.
        raw: the value it validated.
        origin: where that came from.
    """
    found = error.errors()
    problems = [each for each in found if not _is_echo(each, found)]
    return list(dict.fromkeys(_line(problem, model, raw, origin) for problem in problems))


def _is_echo(problem: ErrorDetails, problems: Sequence[ErrorDetails]) -> bool:
    """Tell whether a list is only called too short because its entries are wrong."""
    inner = (each["loc"][: len(problem["loc"])] for each in problems if each is not problem)
    return problem["type"] == "too_short" and problem["loc"] in inner


def _line(
    problem: ErrorDetails, model: type[BaseModel], raw: Mapping[str, Any], origin: Origin
) -> str:
    location = _without_tags(problem["loc"], raw)
    return f"{place(location, raw, origin)}: {_what(problem, model, location, raw)}"


def place(location: Sequence[str | int], raw: Any, origin: Origin) -> str:
    """Write where a value stands: ``config.toml: subscribers[2] (ada@example.org).cadence``."""
    names = tuple(str(part) for part in location)
    variable = next(
        (name for keys, name in origin.variables.items() if keys == names[: len(keys)]), None
    )
    where = f"environment: {variable}" if variable else origin.file
    return ": ".join(filter(None, (where, _dotted(location, raw))))


def _what(
    problem: ErrorDetails, model: type[BaseModel], location: Sequence[str | int], raw: Any
) -> str:
    table, info = _find(model, location, raw)
    if problem["type"] == "extra_forbidden":
        return unknown_key(str(location[-1]), table)
    if problem["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return _wrong_source_type(problem)
    if problem["type"] == "tuple_type" and isinstance(_value(raw, location), Mapping):
        return f"must be a list; allowed: [[{_dotted(location, raw)}]] before each of its tables"
    wrong = _WRONG.get(problem["type"]) or _own_words(problem)
    allowed = _allowed(info)
    shown = _shown(location, raw)
    if shown and problem["type"] != "missing" and shown.strip('"') not in wrong:
        wrong = f"{shown} {wrong}" if wrong.startswith("must") else f"{shown}: {wrong}"
    return f"{wrong}; allowed: {allowed}" if allowed and "allowed:" not in wrong else wrong


def _own_words(problem: ErrorDetails) -> str:
    """Turn pydantic's sentence into the second half of ours."""
    message = problem["msg"].removeprefix("Value error, ")
    message = message.removeprefix("Input should be ").removeprefix("Value should ")
    if problem["type"] == "value_error":
        return message
    if problem["type"].startswith("url"):
        return "is no web address"
    if problem["type"] in {"string_too_long", "too_long"}:
        items = "characters" if problem["type"] == "string_too_long" else "entries"
        return f"is too long; allowed: {problem['ctx']['max_length']} {items}"
    if problem["type"] == "string_pattern_mismatch":
        return "does not have the form that is wanted"
    return f"must be {message}"


def unknown_key(key: str, table: type[BaseModel] | None) -> str:
    """Say that a table has no such key, which may be meant, and which there are."""
    known = sorted(table.model_fields.keys() - {"folder", "file"}) if table else []
    near = meant(key, known)
    guess = f", did you mean {near!r}?" if near else ""
    return f"unknown key{guess or ';'} allowed: {', '.join(known)}"


def _wrong_source_type(problem: ErrorDetails) -> str:
    context = problem.get("ctx", {})
    allowed = str(context.get("expected_tags", "")).replace("'", '"')
    allowed = allowed or '"arxiv", "arxiv-rss", "huggingface", "feed", "file"'
    tag = context.get("tag")
    if tag is None:
        return f"type is missing; allowed: {allowed}"
    later = " is planned but not there yet" if tag in _NOT_YET else " is no kind of source"
    return f'type: "{tag}"{later}; allowed: {allowed}'


def _allowed(info: FieldInfo | None) -> str:
    """Return what a field takes: its own help, its choices or its limits."""
    if info is None:
        return ""
    for kind in _kinds(info):
        extra = kind.json_schema_extra
        if isinstance(extra, dict) and "allowed" in extra:
            return str(extra["allowed"])
    return _range(info)


def _range(info: FieldInfo) -> str:
    """Return the least and the greatest number that a field takes, "" when it has no limits."""
    limits: list[Any] = [limit for kind in _kinds(info) for limit in kind.metadata]
    least = max((limit.ge for limit in limits if hasattr(limit, "ge")), default=None)
    most = min((limit.le for limit in limits if hasattr(limit, "le")), default=None)
    if least is None:
        return ""
    return f"{least} or more" if most is None else f"{least} to {most}"


def _kinds(info: FieldInfo) -> Iterator[FieldInfo]:
    """Yield the field's own description and those inside its annotation."""
    yield info
    pending: list[Any] = [info.annotation]
    while pending:
        annotation = pending.pop()
        if get_origin(annotation) is Annotated:
            yield from (extra for extra in get_args(annotation)[1:] if isinstance(extra, FieldInfo))
        pending.extend(get_args(annotation))


def _find(
    model: type[BaseModel], location: Sequence[str | int], raw: Any
) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """Return the innermost table on the way to a location, and the field there."""
    table: type[BaseModel] | None = model
    info: FieldInfo | None = None
    for position, part in enumerate(location):
        if isinstance(part, int):
            continue
        info = table.model_fields.get(part) if table else None
        if info is None or position == len(location) - 1:
            break
        table = _table_in(info.annotation, _value(raw, location[: position + 2])) or table
    return table, info


def _table_in(annotation: Any, value: Any) -> type[BaseModel] | None:
    """Return the table class inside an annotation; of several, the one of value's type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in {Union, types.UnionType, tuple, Annotated}:
        found = [
            table
            for inner in get_args(annotation)
            if inner is not Ellipsis and (table := _table_in(inner, value))
        ]
        kind = value.get("type") if isinstance(value, Mapping) else None
        named = [table for table in found if _takes(table, kind)]
        return next(iter(named or found), None)
    return None


def _takes(table: type[BaseModel], kind: object) -> bool:
    info = table.model_fields.get("type")
    return info is not None and kind in get_args(info.annotation)


def _without_tags(location: Sequence[str | int], raw: Any) -> list[str | int]:
    """Drop the parts of a location that pydantic adds and the user never wrote."""
    kept: list[str | int] = []
    value: Any = raw
    for position, part in enumerate(location):
        is_last = position == len(location) - 1
        if isinstance(value, Mapping) and (part in value or is_last):
            kept.append(part)
            value = value.get(part)
        elif isinstance(value, Sequence) and isinstance(part, int) and not isinstance(value, str):
            kept.append(part)
            value = value[part] if part < len(value) else None
    return kept


def _value(raw: Any, location: Sequence[str | int]) -> Any:
    for part in location:
        try:
            raw = raw[part]
        except (KeyError, IndexError, TypeError):
            return None
    return raw


def _dotted(location: Sequence[str | int], raw: Any) -> str:
    """Write a location as ``subscribers[2] (ada@example.org).cadence``; counting from 1."""
    text = ""
    for position, part in enumerate(location):
        if isinstance(part, int):
            text += f"[{part + 1}]{_whose(_value(raw, location[: position + 1]))}"
        else:
            text += f".{part}" if text else part
    return text


def _whose(value: Any) -> str:
    if not isinstance(value, Mapping):
        return ""
    name = value.get("email") or value.get("name") or value.get("type")
    return f" ({name})" if isinstance(name, str) and name.isprintable() else ""


def _shown(location: Sequence[str | int], raw: Any) -> str:
    """Quote a value back when it is short, simple and no secret."""
    value = _value(raw, location)
    if not location or location[-1] in _SECRET_KEYS or not isinstance(value, str | int | float):
        return ""
    if "@" in str(value) and "://" in str(value):  # a web or database address with a login
        return ""
    shown = f'"{value}"' if isinstance(value, str) else str(value).lower()
    return shown if len(shown) <= 60 else ""  # noqa: PLR2004 - fits on the line
