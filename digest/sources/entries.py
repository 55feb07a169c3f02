"""Reads entries one by one: a bad one is skipped and listed, and costs nobody else."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from digest.core.harvest import HarvestState, Parsed
from digest.core.paper import Paper
from digest.errors import RecordError
from digest.sources.trouble import FetchTrouble

Entry = TypeVar("Entry")


class NoNewsError(RecordError):
    """The entry is whole, but there is nothing to tell of it: the paper was withdrawn."""


def read_entries(
    entries: Iterable[Entry], read: Callable[[Entry], Paper | None], *, noun: str = "entry"
) -> Parsed:
    """Read every entry.

    When there are entries and not one can be read, the format has changed under us: that is
    never "no news" but ``MALFORMED``.

    Args:
        entries: what the answer holds, in its order.
        read: returns a paper, None for an entry that is not meant for us, or raises
            RecordError with one line that says what is wrong.
        noun: what to call an entry in ``skipped``.
    """
    papers: list[Paper] = []
    skipped: list[str] = []
    faults = 0
    number = 0
    for number, entry in enumerate(entries, start=1):
        try:
            paper = read(entry)
        except RecordError as problem:
            skipped.append(f"{noun} {number}: {problem}")
            faults += not isinstance(problem, NoNewsError)
        else:
            papers.extend([paper] if paper else [])
    if faults and faults == number:
        return Parsed(
            skipped=tuple(skipped),
            state=HarvestState.MALFORMED,
            detail=f"none of {number} could be read; the first: {skipped[0]}",
        )
    return Parsed(papers=tuple(papers), skipped=tuple(skipped))


def unreadable(trouble: FetchTrouble) -> Parsed:
    """Return what is left of an answer that could not be read at all."""
    return Parsed(state=trouble.state, detail=trouble.detail)
