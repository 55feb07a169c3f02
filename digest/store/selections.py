"""What an edition selected, as it lies in the edition's row: its papers, scores and reasons.

Nobody asks for one of these papers without the others, and a list of a hundred thousand readers
has a million of them a day, so that they have no rows of their own. Papers are named by their
serials, picks first, then the trending ones, which have neither score nor reasons. The reasons of
a pick are a paragraph (see ``reasons``).
"""

from collections.abc import Mapping
from typing import NamedTuple

from digest.core.edition import Edition, Told
from digest.core.paper import Paper, PaperId
from digest.store.reasons import decode_reasons, encode_reasons

_GAP = "\n\n"  # no reason has an empty line


class Selection(NamedTuple):
    """The columns of a selection."""

    serials: str
    scores: str
    reasons: str


def papers_of(edition: Edition) -> list[Paper]:
    """Return all papers of an edition, in the order of its selection."""
    return [*(match.paper for match in edition.picks), *edition.trending]


def encode_selection(edition: Edition, serials: Mapping[PaperId, int]) -> Selection:
    """Return what an edition selected as it is stored; its papers have these serials."""
    return Selection(
        " ".join([str(serials[paper.id]) for paper in papers_of(edition)]),
        " ".join([repr(float(match.score)) for match in edition.picks]),
        _GAP.join([encode_reasons(match.reasons) for match in edition.picks]),
    )


def decode_serials(stored: str) -> list[int]:
    """Return the serials of a selection."""
    return [*map(int, stored.split())]


def decode_picked(scores: str, reasons: str) -> list[tuple[float, Told]]:
    """Return score and reasons of each pick of a selection.

    Raises:
        ValueError: there are more of the ones than of the others.
    """
    values = scores.split()
    if not values:
        return []
    told = map(decode_reasons, reasons.split(_GAP))
    return [*zip(map(float, values), told, strict=True)]
