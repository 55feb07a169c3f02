"""What holds for any papers and any readers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.paper import Signals
from digest.core.rank import Pool, Profile, explain, rank, score_all
from digest.core.rank.names import is_same, name_of
from digest.core.rank.scale import points_for, score_of
from digest.core.subscriber import Interests, Keyword, TextField
from tests.builders import a_paper
from tests.ranking import FEWER

WORDS = st.sampled_from(
    [
        "dense",
        "retrieval",
        "RAG",
        "rags",
        "agents",
        "agent",
        "of",
        "survey",
        "C++",
        "图像",
        "é.",
        "retriev*",
    ]
)
TEXTS = st.lists(WORDS, max_size=8).map(" ".join) | st.text(max_size=12)
NAMES = st.sampled_from(["Ada Lovelace", "A. Lovelace", "Turing", "Turing, Alan", "?"])
CODES = st.sampled_from(["cs.IR", "cs.*", "math", "cs.CL"])


def _several(items):
    return st.lists(items, max_size=3).map(tuple)


@st.composite
def papers(draw):
    drawn = draw(
        st.lists(
            st.builds(
                dict,
                title=TEXTS,
                abstract=TEXTS,
                authors=_several(NAMES),
                categories=_several(CODES),
                signals=st.builds(Signals, upvotes=st.none() | st.integers(0, 99)),
            ),
            max_size=6,
        )
    )
    return [a_paper(f"2406.0000{number}", **fields) for number, fields in enumerate(drawn)]


LIKED = [a_paper("2005.00001", title="Dense agents"), a_paper("2005.00002", title="Fog")]
INTERESTS = st.builds(
    Interests,
    keywords=_several(
        st.builds(
            Keyword,
            term=TEXTS,
            weight=st.sampled_from([1.0, 0.5, 0.0, -1.0]),
            field=st.none() | st.sampled_from(list(TextField)),
        )
    ),
    text=st.just("") | TEXTS,
    exclude=_several(TEXTS),
    authors=_several(NAMES),
    categories=_several(CODES),
    liked=_several(st.sampled_from([paper.id for paper in LIKED])),
    saved=_several(st.sampled_from([paper.id for paper in LIKED])),
    disliked=_several(st.sampled_from([paper.id for paper in LIKED])),
    exclude_authors=_several(NAMES),
)
LIKED_TEXTS = {paper.id: paper for paper in LIKED}


def _scores(found, wanted):
    profile = Profile(id="ada", interests=wanted, limit=len(found))
    [ranking] = rank(Pool(found), [profile], liked=LIKED_TEXTS)
    return {match.paper.id: match.score for match in ranking.matches}


@FEWER
@given(papers(), INTERESTS)
def test_scores_lie_in_their_range_and_fall(found, wanted):
    profile = Profile(id="ada", interests=wanted, limit=4)
    [ranking] = rank(Pool(found), [profile], liked=LIKED_TEXTS)
    scores = [match.score for match in ranking.matches]
    assert all(0 < score < 1 for score in scores)
    assert scores == sorted(scores, reverse=True)
    assert len(scores) <= 4


@FEWER
@given(papers(), INTERESTS)
def test_points_of_the_reasons_add_up_to_the_score(found, wanted):
    [ranking] = rank(Pool(found), [Profile(id="ada", interests=wanted, limit=9)], liked=LIKED_TEXTS)
    for match in ranking.matches:
        points = sum(reason.points for reason in match.reasons)
        assert score_of(points) == pytest.approx(match.score, rel=1e-3, abs=1e-4)


@FEWER
@given(papers(), INTERESTS, WORDS.filter(lambda word: word[-1].isalnum()))
def test_excluded_word_never_comes_through(found, wanted, word):
    profile = Profile(
        id="a", interests=Interests(keywords=wanted.keywords, exclude=(word,)), limit=9
    )
    spelled = {word.casefold(), f"{word.casefold()}s"} if len(word) <= 3 else {word.casefold()}
    pool = Pool(found)
    shown = [match.paper for match in rank(pool, [profile])[0].matches]
    shown += [
        pool.papers[pool.number_of[paper]] for _, paper, _ in score_all(pool, [profile], top=9)
    ]
    for paper in shown:
        text = f"{paper.title} {paper.abstract}".casefold().split()
        assert spelled.isdisjoint(text)


@FEWER
@given(papers(), INTERESTS, st.randoms(use_true_random=False))
def test_order_of_the_papers_does_not_change_their_scores(found, wanted, dice):
    titled = list({paper.title.casefold(): paper for paper in found}.values())
    shuffled = dice.sample(titled, len(titled))
    one, other = _scores(titled, wanted), _scores(shuffled, wanted)
    shared = one.keys() & other.keys()
    assert [one[paper] for paper in shared] == pytest.approx(
        [other[paper] for paper in shared], rel=1e-3
    )


@FEWER
@given(papers(), INTERESTS)
def test_explanation_agrees_with_the_ranking(found, wanted):
    profile = Profile(id="ada", interests=wanted, limit=9, min_score=0.3)
    told = explain(Pool(found), profile, liked=LIKED_TEXTS)
    [ranking] = rank(Pool(found), [profile], liked=LIKED_TEXTS)
    assert told.matches == ranking.matches
    assert told.matched == ranking.matched
    assert all(each.why for each in told.left_out)


@FEWER
@given(papers(), INTERESTS)
def test_no_paper_by_an_excluded_author_comes_through(found, wanted):
    asked = [name_of(name) for name in wanted.exclude_authors]
    for match in rank(Pool(found), [Profile(id="a", interests=wanted, limit=9)])[0].matches:
        written = [name_of(author) for author in match.paper.authors]
        assert not any(is_same(one, other) for one in asked for other in written)


@given(st.floats(0, 50), st.floats(0, 50))
def test_more_points_never_score_less(one, other):
    assert (score_of(one) <= score_of(other)) == (one <= other) or one == pytest.approx(other)
    assert 0 <= score_of(one) < 1


@given(st.floats(0, 0.999))
def test_points_for_a_score_reach_it(score):
    assert score_of(points_for(score)) == pytest.approx(score, abs=1e-5)
