"""Subjects: which papers are filed under a category that a reader asked for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from digest.core.arxiv_categories import is_known, nearest


def papers_in(codes: Iterable[str], categories: Iterable[tuple[str, ...]]) -> list[list[int]]:
    """Return, for each code, the numbers of the papers filed under it.

    ``cs.IR`` takes that category, ``cs.*`` and ``cs`` the whole archive.
    """
    filed: defaultdict[str, list[int]] = defaultdict(list)
    for paper, own in enumerate(categories):
        folded = {category.casefold() for category in own}
        for code in folded | {category.partition(".")[0] for category in folded}:
            filed[code].append(paper)
    return [filed.get(code.strip().casefold().removesuffix(".*"), []) for code in codes]


def unheard_of(codes: Sequence[str], categories: Iterable[tuple[str, ...]]) -> list[str]:
    """Return a line on each code that neither a paper has nor arXiv.

    Other sources have other categories, so one that no paper has now need not be wrong.
    """
    found = zip(codes, papers_in(codes, categories), strict=True)
    unknown = [code for code, papers in found if not papers and not is_known(code)]
    return [
        f'"{code}" is no category of arXiv, nor of any recent paper'
        + (f'; did you mean "{near}"?' if (near := nearest(code)) else ".")
        for code in unknown
    ]
