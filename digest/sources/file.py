"""A file of papers as a source: JSON lines in the form of ``core.records``, gzip or plain."""

import asyncio
import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from digest.core.harvest import Cursor, Harvest, HarvestState, Parsed
from digest.core.paper import Paper, PaperId
from digest.core.records import paper_from_record
from digest.core.shown import shown
from digest.errors import RecordError
from digest.sources.entries import NoNewsError, read_entries, unreadable
from digest.sources.getter import harvest_of
from digest.sources.json import read_json
from digest.sources.trouble import FetchTrouble

_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """One file, read again when it has changed.

    Attributes:
        name: see ``ports.Source``.
        path: absolute.
    """

    name: str
    path: Path

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Harvest:
        """Read the file unless it is the one we had; see ``ports.Source``."""
        read = await asyncio.to_thread(self._read, cursor.batch)
        return harvest_of(read, before=cursor, after=Cursor(since=now, batch=read.batch))

    def _read(self, seen: str) -> Parsed:
        try:
            about = self.path.stat()
        except OSError as error:
            return unreadable(_no_file(self.path, error))
        batch = f"{about.st_size} bytes of {about.st_mtime_ns}"
        if batch == seen:
            return Parsed(state=HarvestState.UNCHANGED, batch=batch)
        read = _with_titles(read_papers(self.path, source=self.name))
        return replace(read, batch=batch, state=_of_file(read.state))


def _of_file(state: HarvestState) -> HarvestState:
    """Return what a state means for a file: one without a good line somebody has to mend."""
    return HarvestState.REFUSED if state is HarvestState.MALFORMED else state


def _with_titles(read: Parsed) -> Parsed:
    """Leave out papers without a title: they can be ranked, but nobody can be told of them."""
    nameless = tuple(f"{paper.id}: no title" for paper in read.papers if not paper.title)
    titled = tuple(paper for paper in read.papers if paper.title)
    return replace(read, papers=titled, skipped=read.skipped + nameless)


def read_papers(path: Path, *, source: str = "file") -> Parsed:
    """Read a file of papers; never raises for what is in it, nor for its absence."""
    try:
        body = path.read_bytes()
    except OSError as error:
        return unreadable(_no_file(path, error))
    return parse(body, source=source)


def parse(body: bytes, *, source: str = "file") -> Parsed:
    """Read JSON lines; of two lines about the same paper the first counts."""
    return parse_as_given(body, source=source)[0]


def parse_as_given(body: bytes, *, source: str = "file") -> tuple[Parsed, Mapping[PaperId, str]]:
    """Read JSON lines, and by which id they themselves call each paper."""
    given: dict[PaperId, str] = {}

    def read_line(line: bytes) -> Paper | None:
        if not line.strip():
            return None
        record = _record(line)
        paper = paper_from_record(record, source=source)
        if paper.id in given:
            raise NoNewsError(f"id: {shown(record['id'])} is in the file already")
        given[paper.id] = str(record["id"])
        return paper

    try:
        lines = _unfolded(body).removeprefix(_BYTE_ORDER_MARK).rstrip().split(b"\n")
    except FetchTrouble as trouble:
        return unreadable(trouble), given
    read = read_entries(lines, read_line, noun="line")
    is_empty = not read.papers and not read.skipped
    return (replace(read, state=HarvestState.QUIET) if is_empty else read), given


def _record(line: bytes) -> Mapping[str, object]:
    try:
        record = read_json(line)
    except FetchTrouble as trouble:
        raise RecordError(trouble.detail) from trouble
    if not isinstance(record, dict):
        raise RecordError("no JSON object")
    return record


def _unfolded(body: bytes) -> bytes:
    """Undo gzip, which is known by its first bytes and not by the name of the file."""
    if not body.startswith(_GZIP):
        return body
    try:
        return gzip.decompress(body)
    except EOFError as error:
        raise FetchTrouble(HarvestState.TRUNCATED, "the gzip file ends early") from error
    except (OSError, zlib.error) as error:
        raise FetchTrouble(HarvestState.MALFORMED, f"a damaged gzip file: {error}") from error


def _no_file(path: Path, error: OSError) -> FetchTrouble:
    return FetchTrouble(HarvestState.REFUSED, f"{path}: {error.strerror or error}")
