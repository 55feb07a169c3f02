"""A score means the same whoever else reads, and whatever else came in that day."""

import random
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.rank import Pool, Profile, rank
from digest.core.subscriber import Interests, Keyword
from tests.builders import a_paper, interests
from tests.ranking import FEWER

HARDLY = 0.1  # of a score; between a half and a clear match lie 0.25
SUBJECTS = {
    "retrieval": "dense passage question index query encoder corpus ranking recall token",
    "volcanoes": "magma basalt eruption plume crater ash seismic vent mantle gas",
    "proteins": "folding residue ligand binding helix domain enzyme mutant sheet assay",
}
COMMON = ("method", "result", "model", "data", "study", "effect", "show", "new", "large", "small")


def _papers(subject, count, *, start=0, seed=0):
    """Make papers that say a subject's words among common ones."""
    dice = random.Random(f"{subject} {seed}")  # noqa: S311 - made-up texts, no secret
    words = [subject, *SUBJECTS[subject].split()]

    def text(length):
        return " ".join(dice.choice(dice.choice((words, COMMON))) for _ in range(length))

    return [
        a_paper(f"2406.{start + number:05}", title=text(8), abstract=text(60))
        for number in range(count)
    ]


ABOUT = _papers("retrieval", 30)
OTHERS = _papers("volcanoes", 60, start=300) + _papers("proteins", 60, start=500)
READER = Profile(id="ada", interests=interests("retrieval", "dense passage"), limit=99)


def _scores(papers, *others):
    rankings = rank(Pool(papers), [*others, READER])
    return {match.paper.id: match.score for match in rankings[-1].matches}


@cache
def _scores_before():
    return _scores([*ABOUT, *OTHERS])


@FEWER
@given(
    terms=st.lists(
        st.sampled_from(["retrieval", "dense passage", "magma", "model", "retriev*"]), max_size=4
    ),
    weight=st.sampled_from([0.1, 1.0, 50.0, -3.0]),
    readers=st.integers(0, 5),
)
def test_other_readers_change_no_score(terms, weight, readers):
    wanted = Interests(keywords=tuple(Keyword(term=term, weight=weight) for term in terms))
    others = [Profile(id=str(number), interests=wanted) for number in range(readers)]
    assert _scores(ABOUT, *others) == pytest.approx(_scores(ABOUT), abs=1e-4)


@FEWER
@given(
    subject=st.sampled_from(["volcanoes", "proteins"]),
    count=st.integers(1, 60),
    seed=st.integers(0, 9),
)
def test_unrelated_papers_hardly_change_a_score(subject, count, seed):
    unrelated = _papers(subject, count, start=100, seed=seed)
    before, after = _scores_before(), _scores([*ABOUT, *OTHERS, *unrelated])
    told = [paper.id for paper in ABOUT if paper.id in before]
    assert len(told) > 20
    assert {each: after[each] for each in told} == pytest.approx(
        {each: before[each] for each in told}, abs=HARDLY
    )
