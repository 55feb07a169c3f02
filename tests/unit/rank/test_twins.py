"""Papers that are one work under two ids."""

from dataclasses import replace

import pytest

from digest.core.rank import Pool, Profile, explain, rank, score_all
from tests.builders import a_paper, interests

ABSTRACT = (
    "Passages are retrieved by the likeness of dense vectors. We train two encoders together, "
    "with negatives drawn from the batch, and show that the gain over sparse baselines holds on "
    "five collections of questions. Where labels are few, a curriculum of synthetic questions "
    "closes half of the gap. An analysis of errors finds rare entities to be the hardest, and "
    "a hybrid with exact matching repairs most of them at little cost in memory or latency."
)
OTHER = (
    "Coral reefs bleach when water stays warm for weeks. Divers counted colonies along forty "
    "transects in three lagoons before, during and after a marine heatwave, and sequenced the "
    "symbionts of two hundred colonies. Reefs with mixed symbiont communities lost a third fewer "
    "colonies, whatever their depth, light or current. Nurseries may choose their donors by it, "
    "where protection of whole lagoons is out of reach for those who fish there for a living."
)
FIRST = a_paper(
    "2406.00001",
    title="Dense Passage Retrieval with Few Labels",
    abstract=ABSTRACT,
    authors=("Ada Lovelace", "Alan Turing"),
)
EXTENDED = a_paper(
    "2406.00002",
    title="Dense Passage Retrieval with Few Labels (Extended Version)",
    abstract=f"{ABSTRACT} This version adds proofs.",
    authors=("A. Lovelace",),
)
FILLER = [
    a_paper(f"2406.{number:05}", title=f"A study of {word}")
    for number, word in enumerate(OTHER.replace(",", "").replace(".", "").split()[:30], 30)
]
READER = Profile(id="ada", interests=interests("dense retrieval"))


def shown(*papers):
    [ranking] = rank(Pool([*papers, *FILLER]), [READER])
    return [match.paper.id for match in ranking.matches]


def test_an_extended_version_is_folded_into_the_better_match_and_told_as_the_same_work():
    [kept] = shown(FIRST, EXTENDED)
    [out] = explain(Pool([FIRST, EXTENDED, *FILLER]), READER).left_out
    assert {kept, out.paper.id} == {FIRST.id, EXTENDED.id}
    assert out.why == f"same work as {kept}"


def test_three_versions_are_one_work_whatever_leads_from_one_to_the_other():
    retold = a_paper("2406.00003", title=EXTENDED.title, abstract="Dense retrieval, in short.")
    assert len(shown(FIRST, retold, EXTENDED)) == 1
    assert set(Pool([retold, FIRST, EXTENDED]).twins.tolist()) == {0}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (replace(EXTENDED, authors=("Grace Hopper",)), "no author in common"),
        (replace(EXTENDED, abstract=OTHER), "other words"),
        (replace(EXTENDED, abstract=""), "too short to tell"),
    ],
)
def test_another_work_is_not_folded(other, why):
    first = replace(FIRST, abstract="") if why == "too short to tell" else FIRST
    assert len(shown(first, other)) == 2


def test_without_authors_titles_must_be_alike():
    assert len(shown(FIRST, replace(EXTENDED, authors=()))) == 1
    assert len(shown(FIRST, replace(EXTENDED, title="A hybrid", authors=()))) == 2


def test_the_list_stays_full_when_works_are_folded():
    others = [
        a_paper(f"2406.{number:05}", title=f"Dense retrieval of {word}")
        for number, word in enumerate(("maps", "tunes", "recipes"), 20)
    ]
    [ranking] = rank(
        Pool([FIRST, EXTENDED, *others, *FILLER]),
        [Profile(id="ada", interests=READER.interests, limit=4)],
    )
    assert len(ranking.matches) == 4


def test_scores_of_files_keep_every_paper():
    scored = {paper for _, paper, _ in score_all(Pool([FIRST, EXTENDED]), [READER], top=9)}
    assert scored == {FIRST.id, EXTENDED.id}
