"""Files of profiles: JSON lines, plain or gzip; what is wrong in them is told all at once."""

import gzip
import json
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import typer

from digest.cli.input_file import content, name_of
from digest.cli.output import printable
from digest.core.paper import PaperId
from digest.core.profiles import KEYS, profile_from_record, unknown_keys
from digest.core.rank import Profile
from digest.errors import RecordError, RecordsError, UsageError

_GZIP = b"\x1f\x8b"
_MOST_TOLD = 20
_MOST_NAMED = 5
_SOURCE = "file"


def read_profiles(path: Path) -> list[Profile]:
    """Read a file of profiles, and tell of keys that say nothing here.

    Raises:
        UsageError: the file cannot be read.
        RecordsError: lines are no profiles; it tells of each, up to twenty.
    """
    profiles: dict[str, Profile] = {}
    unknown: dict[str, None] = {}
    problems: list[str] = []
    for number, line in _lines(path):
        try:
            record = _record(line)
            profile = _profile(record, taken=profiles)
        except RecordError as error:
            problems.append(f"{name_of(path)}:{number}: {error}")
        else:
            profiles[profile.id] = profile
            unknown |= dict.fromkeys(unknown_keys(record))
    if problems:
        raise RecordsError(problems, most=_MOST_TOLD)
    if unknown:
        _warn(path, f"{_some([*unknown])}: not known, left alone; known are {', '.join(KEYS)}")
    return [*profiles.values()]


def tell_missing(path: Path, profiles: Sequence[Profile], known: Collection[PaperId]) -> None:
    """Tell how many of the papers that profiles name as liked or disliked are not there."""
    interests = [profile.interests for profile in profiles]
    named = {paper: None for each in interests for paper in (*each.more_like, *each.disliked)}
    missing = [paper for paper in named if paper not in known]
    if missing:
        _warn(
            path,
            f"{len(missing)} of {len(named)} liked, saved or disliked papers are not among the "
            f"papers, nor in a file of --liked: {_some([*map(_as_written, missing)])}",
        )


def _as_written(paper: PaperId) -> str:
    return paper.key if paper.scheme == _SOURCE else str(paper)


def _some(names: Sequence[str]) -> str:
    more = ", …" if len(names) > _MOST_NAMED else ""
    return ", ".join(printable(name[:60]) for name in names[:_MOST_NAMED]) + more


def _warn(path: Path, line: str) -> None:
    typer.echo(f"{name_of(path)}: {line}", err=True)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text file, plain or gzip, that are not blank."""
    body = content(path)
    try:
        text = (gzip.decompress(body) if body.startswith(_GZIP) else body).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise UsageError(f"{name_of(path)}: cannot be read: {error}") from None
    yield from ((n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip())


def _profile(record: Mapping[str, object], *, taken: Collection[str]) -> Profile:
    profile = profile_from_record(record, source=_SOURCE)
    if profile.id in taken:
        raise RecordError(f"id: {profile.id!r} is in the file already")
    return profile


def _record(line: str) -> Mapping[str, object]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise RecordError(f"not JSON: {error.msg}") from None
    except (RecursionError, ValueError):
        raise RecordError(
            "not JSON that can be read: nested too deeply, or too long a number"
        ) from None
    if not isinstance(record, dict):
        raise RecordError("not a JSON object")
    return record
