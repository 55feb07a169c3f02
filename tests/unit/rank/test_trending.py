from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.edition import ReasonKind
from digest.core.paper import Sighting, Signals
from digest.core.rank import trending
from tests.builders import NOW, a_paper


def _paper(number, *, days=1.0, **signals):
    published = None if days is None else NOW - timedelta(days=days)
    return a_paper(f"2406.0000{number}", published=published, signals=Signals(**signals))


def _numbers(matches):
    return [int(match.paper.id[-1]) for match in matches]


def test_more_upvotes_rank_higher_among_papers_of_one_day():
    papers = [_paper(1, upvotes=3), _paper(2, upvotes=30), _paper(3, upvotes=10)]
    assert _numbers(trending(papers, now=NOW, limit=10)) == [2, 3, 1]


def test_a_fresh_paper_overtakes_an_old_one_with_more_upvotes():
    papers = [_paper(1, days=30, upvotes=60), _paper(2, days=1, upvotes=20)]
    assert _numbers(trending(papers, now=NOW, limit=10)) == [2, 1]


def test_comments_and_stars_count_too():
    papers = [_paper(1), _paper(2, comments=1), _paper(3, stars=1000)]
    assert _numbers(trending(papers, now=NOW, limit=10)) == [3, 2, 1]


def test_papers_without_signals_come_last_the_newest_of_them_first():
    papers = [
        _paper(1, days=3),
        _paper(2, days=2),
        _paper(3, days=40, upvotes=1),
        _paper(4, days=None),
    ]
    assert _numbers(trending(papers, now=NOW, limit=10)) == [3, 2, 1, 4]


def test_limit_cuts_the_list_and_a_future_date_is_now():
    papers = [_paper(1, days=0, upvotes=5), _paper(2, days=-3, upvotes=5), _paper(3)]
    assert _numbers(trending(papers, now=NOW, limit=2)) == [1, 2]
    assert trending(papers, now=NOW, limit=-1) == ()


def test_reasons_name_the_numbers_strongest_first():
    [match] = trending([_paper(1, upvotes=41, comments=2, stars=0)], now=NOW, limit=1)
    assert [(reason.text, reason.count) for reason in match.reasons] == [
        ("upvotes", 41),
        ("comments", 2),
    ]
    assert {reason.kind for reason in match.reasons} == {ReasonKind.SIGNAL}
    assert 0.5 < match.score < 1


@pytest.mark.parametrize("number", [None, 0, -5])
def test_no_signal_is_no_heat(number):
    [match] = trending([_paper(1, upvotes=number, stars=number)], now=NOW, limit=1)
    assert (match.score, match.reasons) == (0.0, ())


# growth


ORDINARY = [_paper(number, upvotes=12) for number in range(5, 10)]


def _seen(*numbers, kind="upvotes"):
    """Make sightings of numbers, each with the days since."""
    return [Sighting(kind, NOW - timedelta(days=days), number) for days, number in numbers]


def _order(papers, **pasts):
    """Return the numbers of papers, hottest first; pasts are named by paper: ``p1``."""
    known = {paper.id: pasts.get(f"p{str(paper.id)[-1]}", ()) for paper in papers}
    return _numbers(trending(papers, now=NOW, limit=99, pasts=known))


@pytest.mark.parametrize(
    ("hot", "other", "pasts"),
    [
        pytest.param(
            _paper(1, days=1, upvotes=8),
            _paper(2, days=300, stars=50_000, citations=3_000),
            {"p2": _seen((20, 49_000), (2, 49_900), kind="stars")},
            id="an old paper with many stars does not stay on top for ever",
        ),
        pytest.param(
            _paper(1, days=6, upvotes=80),
            _paper(2, days=6, upvotes=80),
            {"p1": _seen((6, 5), (2, 20)), "p2": _seen((6, 70), (2, 79))},
            id="of two papers of one age the one that grows now is hotter",
        ),
        pytest.param(
            _paper(1, days=3, upvotes=290),
            _paper(2, days=3, upvotes=510),
            {"p1": _seen((2.9, 100), (1.1, 200)), "p2": _seen((2.9, 10), (1.1, 10))},
            id="five hundred upvotes at once count less than three hundred in three days",
        ),
        pytest.param(
            _paper(1, days=1, upvotes=30),
            _paper(2, days=1, upvotes=29),
            {"p2": _seen((0.9, 400))},
            id="votes that were taken back never counted",
        ),
        pytest.param(
            _paper(1, days=1, citations=40),
            _paper(2, days=1, citations=2),
            {},
            id="citations count",
        ),
        pytest.param(
            _paper(1, days=1, upvotes=9),
            _paper(2, days=0, upvotes=1),
            {},
            id="a single vote on the first hour is too few to go by",
        ),
    ],
)
def test_the_hotter_paper_comes_first(hot, other, pasts):
    assert _order([other, hot, *ORDINARY], **pasts).index(1) < _order(
        [other, hot, *ORDINARY], **pasts
    ).index(2)


def test_what_is_usual_is_no_spike():
    crowd = [_paper(number, upvotes=500) for number in range(1, 6)]
    loved, usual = trending([*crowd, _paper(6, upvotes=400)], now=NOW, limit=6)[::5]
    assert (loved.paper.signals.upvotes, usual.paper.signals.upvotes) == (500, 400)
    assert sum(reason.points for reason in loved.reasons) == pytest.approx(
        sum(reason.points for reason in usual.reasons) * 5 / 4, rel=0.01
    )


NUMBERS = st.integers(0, 2_000)
DAYS = st.floats(0, 60)
SEEN = st.lists(st.tuples(DAYS, NUMBERS), max_size=3)
KINDS = st.sampled_from(["upvotes", "comments", "stars", "citations"])


def _heat(seen, kind, *, days, number):
    paper, past = _paper(1, days=days, **{kind: number}), _seen(*seen, kind=kind)
    others = [_paper(other, upvotes=other) for other in range(2, 6)]
    matches = trending([paper, *others], now=NOW, limit=9, pasts={paper.id: past})
    return next(match.score for match in matches if match.paper.id == paper.id)


@given(seen=SEEN, kind=KINDS, number=NUMBERS, more=NUMBERS, days=DAYS)
def test_more_of_a_number_never_cools_a_paper(seen, kind, number, more, days):
    heat = _heat(seen, kind, days=days, number=number)
    assert _heat(seen, kind, days=days, number=number + more) >= heat - 1e-9


@given(seen=SEEN, kind=KINDS, number=NUMBERS, days=DAYS, older=DAYS)
def test_age_never_heats_a_paper(seen, kind, number, days, older):
    heat = _heat(seen, kind, days=days, number=number)
    assert _heat(seen, kind, days=days + older, number=number) <= heat + 1e-9
