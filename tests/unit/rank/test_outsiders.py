"""One paper outside a reader's interests, because many like it."""

from dataclasses import replace

import numpy as np
import pytest

from digest.core.edition import ReasonKind
from digest.core.paper import Signals
from digest.core.rank import Pool, Profile, rank
from digest.core.subscriber import Interests, Keyword
from tests.builders import a_paper, interests


def loved(raw_id, title, **fields):
    return a_paper(raw_id, title=title, signals=Signals(comments=3, upvotes=80), **fields)


FOUND = [
    loved("2406.00001", "Agents in the fog"),
    loved("2406.00002", "A survey of coral reefs"),
    loved("2406.00003", "Volcanoes at night", authors=("Ada Lovelace",)),
    loved("2406.00004", "Protein folding"),
    a_paper("2406.00005", title="Agents in the rain"),
    a_paper("2406.00006", title="Lattice cryptography"),
]


def get(wanted, *, candidates=None, among=range(4), **options):
    profile = Profile(id="ada", interests=wanted, **{"outsider": True} | options)
    [ranking] = rank(Pool(FOUND), [profile], loved=among, candidates=candidates)
    return ranking.matches


def places(matches):
    return [FOUND.index(match.paper) for match in matches]


def test_the_outsider_comes_last_marked_with_how_many_like_it():
    matches = get(interests("agents"))
    assert set(places(matches[:2])) == {0, 4}
    outsider = matches[-1]
    assert places([outsider]) == [1]
    assert outsider.is_outsider
    assert not any(match.is_outsider for match in matches[:-1])
    assert [(each.kind, each.text, each.count) for each in outsider.reasons] == [
        (ReasonKind.OUTSIDER, "upvotes", 80),
        (ReasonKind.SIGNAL, "upvotes", 80),
        (ReasonKind.SIGNAL, "comments", 3),
    ]


def test_it_is_the_first_of_the_favourites_that_nothing_speaks_against():
    wanted = Interests(
        keywords=(Keyword(term="agents"), Keyword(term="volcanoes", weight=-1)),
        exclude=("survey",),
    )
    assert places(get(wanted))[-1] == 3
    assert places(get(replace(wanted, exclude_authors=("A. Lovelace",))))[-1] == 3
    assert places(get(interests("agents", liked=(FOUND[1].id,))))[-1] == 2
    seen = np.ones(len(FOUND), np.bool_)
    seen[1] = False
    assert places(get(interests("agents"), candidates=[seen]))[-1] == 2


@pytest.mark.parametrize(
    ("limit", "marks"),
    [(0, []), (1, [False]), (2, [False, True]), (3, [False, False, True])],
)
def test_it_has_a_place_within_the_limit_but_never_the_only_one(limit, marks):
    assert [match.is_outsider for match in get(interests("agents"), limit=limit)] == marks


def test_there_is_none_without_a_list_a_favourite_or_a_wish_for_it():
    assert get(interests("quasicrystals")) == ()
    assert set(places(get(interests("agents"), among=()))) == {0, 4}
    assert set(places(get(interests("agents"), outsider=False))) == {0, 4}
    assert set(places(get(interests("agents", "reefs", "volcanoes", "protein")))) == {0, 1, 2, 3, 4}


def test_each_reader_has_an_own_one():
    profiles = [
        Profile(id=name, interests=interests(word), outsider=name != "c")
        for name, word in (("a", "agents"), ("b", "reefs"), ("c", "agents"), ("d", "agents"))
    ]
    rankings = rank(Pool(FOUND), profiles, loved=range(4))
    assert [FOUND.index(ranking.matches[-1].paper) for ranking in rankings[:2]] == [1, 0]
    assert not any(match.is_outsider for match in rankings[2].matches)
    assert rankings[3].matches[-1].paper == FOUND[1]
