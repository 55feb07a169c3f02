"""Subjects: which papers are filed under a category that a reader asked for."""

from collections import defaultdict
from collections.abc import Iterable


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
