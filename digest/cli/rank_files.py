"""Rank any papers for any profiles, files in and a file out; no configuration, no database."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from digest.cli.input_file import content, name_of, refuse_stdin_twice
from digest.cli.output import count, progress_bar
from digest.cli.profile_files import read_profiles, tell_missing
from digest.cli.score_file import refuse_to_replace, write_lines
from digest.core.harvest import HarvestState, Parsed
from digest.core.paper import Paper, PaperId
from digest.core.rank import Meanings, Pool, Profile, score_all
from digest.errors import UsageError
from digest.sources.file import parse, parse_as_given

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
        papers: JSON lines, plain or gzip, as the next two; one may be ``-``, standard input.
            Unreadable lines are told and left out.
        profiles: every line must be right.
        liked: more papers that profiles may name as liked; read as the papers are.
        output: written whole or not at all; gzip if it ends in ``.gz``.
        top: the most papers for each profile.
        semantic: rank by meaning, too, with the installed model.

    Raises:
        EncoderError: the model cannot be used.
        UsageError: a file cannot be read or written, or is read and written.
        RecordsError: profiles cannot be read.
    """
    inputs = [path for path in (papers, profiles, liked) if path]
    refuse_stdin_twice(inputs)
    refuse_to_replace(output, inputs)
    read, given = parse_as_given(content(papers))
    _refuse_unreadable(papers, read.state, read.detail)
    _tell_skipped(papers, read)
    readers = read_profiles(profiles)
    known = _liked_papers(liked) if liked else {}
    tell_missing(profiles, readers, given.keys() | known.keys())
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
    write_lines(output, lines)
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


def _liked_papers(path: Path) -> Mapping[PaperId, Paper]:
    read = parse(content(path))
    _refuse_unreadable(path, read.state, read.detail)
    _tell_skipped(path, read)
    return {paper.id: paper for paper in read.papers}


def _tell_skipped(path: Path, read: Parsed) -> None:
    for skipped in read.skipped:
        typer.echo(f"{name_of(path)}: {skipped}", err=True)


def _refuse_unreadable(path: Path, state: HarvestState, detail: str) -> None:
    if not state.is_good:
        raise UsageError(f"{name_of(path)}: {detail}")
