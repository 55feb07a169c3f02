"""Stated interests and what was said of papers, joined."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digest.core.feedback import Feedback, Verdict, with_feedback
from digest.core.paper import PaperId
from digest.core.subscriber import Interests
from tests.builders import NOW

ONE, TWO, THREE = map(PaperId, ("x:1", "x:2", "x:3"))
STATED = Interests(liked=(ONE,), disliked=(TWO,), exclude_authors=("A. Nother",), text="maps")


def said(verdict, paper=ONE, **fields):
    return Feedback(paper=paper, verdict=verdict, at=NOW, **fields)


def test_without_feedback_interests_stay_as_they_are():
    assert with_feedback(STATED, []) is STATED


def test_each_verdict_has_its_place():
    told = [
        said(Verdict.MORE, TWO),
        said(Verdict.SAVE, THREE),
        said(Verdict.FEWER, ONE),
        said(Verdict.NOT_AUTHOR, PaperId("x:4"), author="B. Other"),
    ]
    assert with_feedback(STATED, told) == replace(
        STATED,
        liked=(TWO,),
        saved=(THREE,),
        disliked=(ONE,),
        exclude_authors=("A. Nother", "B. Other"),
    )


def test_author_who_is_not_wanted_takes_a_paper_out_of_the_liked_ones():
    told = [said(Verdict.NOT_AUTHOR, author="A. Nother")]
    joined = with_feedback(STATED, told)
    assert (joined.liked, joined.exclude_authors) == ((), ("A. Nother",))


PAPERS = st.sampled_from([ONE, TWO, THREE])
TOLD = st.lists(st.builds(said, st.sampled_from(list(Verdict)), PAPERS), max_size=6)
STATEMENTS = st.builds(
    Interests,
    liked=st.lists(PAPERS).map(tuple),
    saved=st.lists(PAPERS).map(tuple),
    disliked=st.lists(PAPERS).map(tuple),
)


@given(STATEMENTS, TOLD)
def test_last_verdict_alone_decides_and_joining_twice_is_joining_once(stated, told):
    joined = with_feedback(stated, told)
    places = {
        Verdict.MORE: joined.liked,
        Verdict.SAVE: joined.saved,
        Verdict.FEWER: joined.disliked,
    }
    for paper, last in {each.paper: each.verdict for each in told}.items():
        held = [verdict for verdict, papers in places.items() if paper in papers]
        assert held == [last] * (last is not Verdict.NOT_AUTHOR)
    assert with_feedback(joined, told) == joined
