"""Rank any papers for any profiles, files in and a file out; no configuration, no database."""

import gzip
import json
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from digest.cli.output import count, progress_bar, unwritable
from digest.core.harvest import HarvestState
from digest.core.paper import Paper, PaperId
from digest.core.profiles import profile_from_record
from digest.core.rank import Meanings, Pool, Profile, score_all
from digest.errors import RecordError, UsageError
from digest.sources.file import read_papers, read_papers_as_given
from digest.whole_file import write_whole

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_GZIP = b"\x1f\x8b"
_MOST = 1000


def rank_files(
    papers: Path,
    profiles: Path,
    *,
    liked: Path | None,
    output: Path,
    top: int | None,
    semantic: bool,
) -> None:
    """Write lines ``profile_id<TAB>paper_id<TAB>score``, best first, ids as they were given.

    Args:
        papers: JSON lines, plain or gzip; unreadable lines are told and left out.
        profiles: JSON lines, plain or gzip; every line must be right.
        liked: more papers that profiles may name as liked.
        output: written whole or not at all.
        top: the most papers for each profile.
        semantic: rank by meaning, too, with the installed model.

    Raises:
        EncoderError: the model cannot be used.
        UsageError: a file cannot be read or written.
        DigestError: the disk is full.
        RecordError: a profile cannot be read.
    """
    read, given = read_papers_as_given(papers)
    _refuse_unreadable(papers, read.state, read.detail)
    for skipped in read.skipped:
        typer.echo(f"{papers}: {skipped}", err=True)
    readers = _profiles(profiles)
    known = _liked_papers(liked) if liked else {}
    if semantic:
        vectors, meanings = _meanings(read.papers, readers, known)
    else:
        vectors = meanings = None
    scores = score_all(
        Pool(read.papers, vectors=vectors),
        readers,
        liked=known,
        meanings=meanings,
        top=top or min(_MOST, len(read.papers) or 1),
    )
    lines = (f"{profile}\t{given[paper]}\t{score:.6g}\n" for profile, paper, score in scores)
    _write(output, lines)
    told = f"{count(len(readers), 'profile')} over {count(len(read.papers), 'paper')}"
    typer.echo(f"{output}: {told}", err=True)


def _meanings(
    papers: Sequence[Paper], profiles: Sequence[Profile], liked: Mapping[PaperId, Paper]
) -> "tuple[NDArray[np.float32] | None, Meanings | None]":
    """Return the vectors of the papers, and those of what the profiles say and like."""
    from digest.wiring.semantic import embed_files

    named = {each for profile in profiles for each in profile.interests.more_like}
    texts = {paper.id: paper for paper in papers if paper.id in named}
    with progress_bar("embedding papers", len(papers)) as advance:
        return embed_files(papers, profiles, texts | dict(liked), progress=advance)


def _write(output: Path, lines: Iterable[str]) -> None:
    """Write a file whole or not at all; ``-`` and devices get the lines as they come."""
    if str(output) == "-":
        sys.stdout.writelines(lines)
        return
    try:
        write_whole(output, (line.encode() for line in lines))
    except OSError as error:
        raise unwritable(error) from None


def _liked_papers(path: Path) -> Mapping[PaperId, Paper]:
    read = read_papers(path)
    _refuse_unreadable(path, read.state, read.detail)
    return {paper.id: paper for paper in read.papers}


def _refuse_unreadable(path: Path, state: HarvestState, detail: str) -> None:
    if not state.is_good:
        raise UsageError(f"{path}: {detail}" if str(path) not in detail else detail)


def _profiles(path: Path) -> list[Profile]:
    profiles: dict[str, Profile] = {}
    for number, line in _lines(path):
        profile = _profile(f"{path}:{number}", line)
        if profile.id in profiles:
            raise RecordError(f"{path}:{number}: id: {profile.id!r} is in the file already")
        profiles[profile.id] = profile
    return [*profiles.values()]


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text file, plain or gzip, that are not blank."""
    try:
        body = path.read_bytes()
        text = (gzip.decompress(body) if body.startswith(_GZIP) else body).decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (EOFError, zlib.error, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None
    yield from ((n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip())


def _profile(where: str, line: str) -> Profile:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise RecordError(f"{where}: not JSON: {error.msg}") from None
    if not isinstance(record, dict):
        raise RecordError(f"{where}: not a JSON object")
    try:
        return profile_from_record(record, source="file")
    except RecordError as error:
        raise RecordError(f"{where}: {error}") from None
