from datetime import timedelta

import pytest

from digest.core.edition import ReasonKind
from digest.core.paper import Signals
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
