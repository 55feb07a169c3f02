"""Files of readers: JSON lines with the keys of a ``[[subscribers]]`` block, or CSV.

CSV has the keys as its header; lists are separated by semicolons, or written as JSON where
that would not do. Columns are separated by commas, or by semicolons or tabs, as spreadsheets do
in countries where the comma is the decimal sign: then the header has no comma.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from digest.cli.input_file import content, name_of
from digest.errors import ConfigError, RecordError, UsageError

_LISTS = (
    "interests", "exclude", "categories", "authors", "exclude_authors",
    "liked", "saved", "disliked",
)  # fmt: skip
_SURPLUS = "surplus"

Record = dict[str, Any]


def read_records(file: Path) -> Iterator[tuple[int, Record | RecordError]]:
    """Yield each reader's line number and record, or what is wrong with the line.

    What comes on standard input (``-``) is JSON lines.

    Raises:
        UsageError: the file cannot be read at all.
        ConfigError: the header of a CSV is wrong.
    """
    try:
        text = content(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{name_of(file)}: is not UTF-8 text") from None
    return _rows(file, text) if file.suffix.lower() == ".csv" else _objects(text)


def read_value(key: str, text: str, *, separator: str) -> Any:
    """Read the value of a key from a word or a cell.

    Raises:
        RecordError: it begins like a JSON list and is none.
    """
    if key not in _LISTS:
        return text
    if text.startswith("["):
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            raise RecordError(f"{key}: is no JSON list: {text}") from None
    return [part.strip() for part in text.split(separator) if part.strip()]


def read_settings(words: Iterable[str]) -> Record:
    """Read KEY=VALUE words; lists are separated by commas, or given as JSON.

    Raises:
        UsageError: a word is none.
        RecordError: a value begins like a JSON list and is none.
    """
    record: Record = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise UsageError(f"{word!r} is not KEY=VALUE")
        record[key.strip()] = read_value(key.strip(), value.strip(), separator=",")
    return record


def csv_lines(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield records, all of one kind, as the lines of a CSV that ``read_records`` reads back."""
    header: list[str] = []
    for record in records:
        if not header:
            header = [*record]
            yield _csv_line(header)
        yield _csv_line(map(_cell, record.values()))
    if not header:
        yield _csv_line(["email"])


def _csv_line(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _objects(text: str) -> Iterator[tuple[int, Record | RecordError]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, _object(line)


def _object(line: str) -> Record | RecordError:
    try:
        record = json.loads(line, object_pairs_hook=_unique)
    except RecordError as error:
        return error
    except (ValueError, RecursionError) as error:
        return RecordError(f"is not JSON: {getattr(error, 'msg', 'too deep or too long')}")
    return record if isinstance(record, dict) else RecordError("is not a JSON object")


def _unique(pairs: list[tuple[str, Any]]) -> Record:
    record = dict(pairs)
    if len(record) < len(pairs):
        repeated = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise RecordError(f"{repeated}: is there more than once; allowed: once")
    return record


def _rows(file: Path, text: str) -> Iterator[tuple[int, Record | RecordError]]:
    from digest.wiring.people import header_problems

    reader = csv.DictReader(
        io.StringIO(text, newline=""), restkey=_SURPLUS, strict=True, delimiter=_separator(text)
    )
    try:
        reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
        if text.strip() and (wrong := [*header_problems(reader.fieldnames, where=f"{file}:1")]):
            raise ConfigError(wrong)
        for row in reader:
            yield reader.line_num, _row(row)
    except csv.Error as error:
        raise UsageError(f"{file}:{reader.line_num}: is not CSV: {error}") from None


def _separator(text: str) -> str:
    """Return what separates columns: what the header has, and of several the comma."""
    header = text.partition("\n")[0]
    return next((each for each in ",;\t" if each in header), ",")


def _row(row: Mapping[str, Any]) -> Record | RecordError:
    if _SURPLUS in row:
        return RecordError("has more cells than the header")
    try:
        return {key: read_value(key, cell, separator=";") for key, cell in row.items() if cell}
    except RecordError as error:
        return error


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, list):
        return "" if value is None else value
    joined = "; ".join(map(str, value))
    reads_back = joined.split("; ") == value and not joined.startswith("[")
    return joined if reads_back or not value else json.dumps(value, ensure_ascii=False)
