"""How the places of a list are shared out among a reader's interests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.rank import Pool, Profile, rank, score_all
from digest.core.subscriber import Interests, Keyword
from tests.builders import a_paper, interests
from tests.ranking import FEWER

PLACES = ["fog", "rain", "snow", "wind", "hail", "frost", "storm", "sleet", "mist", "cloud"]


def about(term, count, start=0, said=3):
    """Make papers that clearly have a term, the first ones more often."""
    return [
        a_paper(
            f"2406.{start + number:05}",
            title=f"On {term} in {PLACES[number % 10]} and {PLACES[number // 10]}",
            abstract=f"{term} again. " * max(said - number // 4, 1) + PLACES[number // 3 % 10],
        )
        for number in range(count)
    ]


def get(found, wanted, **options):
    [ranking] = rank(Pool(found), [Profile(id="ada", interests=wanted, **options)])
    return ranking.matches


def counts(matches, *terms):
    return [sum(term in match.paper.title for match in matches) for term in terms]


BROAD = about("agents", 30)
NARROW = about("quasicrystals", 2, start=40, said=1)
FILLER = about("proteins", 20, start=60)


def test_a_narrow_interest_gets_its_places_beside_a_broad_one():
    alone = get([*BROAD, *FILLER], interests("agents"))
    assert counts(alone, "agents") == [10]
    both = get(
        [*BROAD, *NARROW, *FILLER],
        Interests(keywords=(Keyword(term="agents"), Keyword(term="quasicrystals", weight=0.8))),
    )
    assert counts(both, "agents", "quasicrystals") == [8, 2]
    assert [match.score for match in both] == sorted((m.score for m in both), reverse=True)


def test_every_interest_with_a_clear_match_has_a_place_before_one_takes_more_than_its_share():
    terms = ["agents", "quasicrystals", "proteins", "volcanoes"]
    found = [
        *about("agents", 30, said=9),
        *about("quasicrystals", 20, start=40, said=5),
        *about("proteins", 1, start=70, said=1),
        *about("volcanoes", 1, start=80, said=1),
        *about("teapots", 40, start=100),
    ]
    shares = counts(get(found, interests(*terms), limit=5), *terms)
    assert min(shares) >= 1
    assert max(shares) <= 3
    assert sum(shares) == 5


def test_what_is_no_clear_match_takes_no_place_from_one_that_is():
    found = [*BROAD, *FILLER]
    found += [a_paper("2406.00099", title="Fog", abstract="rain " * 40 + "quasicrystals")]
    faint = Interests(keywords=(Keyword(term="agents"), Keyword(term="quasicrystals", weight=0.1)))
    assert counts(get(found, faint), "agents") == [10]


def test_scores_of_files_know_of_no_spread():
    found = [*BROAD, *NARROW, *FILLER]
    profile = Profile(id="ada", interests=interests("agents", "quasicrystals"))
    scored = [score for _, _, score in score_all(Pool(found), [profile], top=10)]
    assert scored == sorted(scored, reverse=True)
    assert len(scored) == 10


def test_a_followed_author_has_a_place_in_a_full_list_whatever_the_score():
    found = [
        *about("agents quasicrystals proteins", 12, said=6),
        a_paper("2406.00098", title="Teapots", authors=("Ada Lovelace",)),
        a_paper("2406.00099", title="Volcanoes and teapots", authors=("A. Lovelace",)),
        *about("lattices", 40, start=200),
    ]
    wanted = Interests(
        keywords=(
            *(Keyword(term=term) for term in ("agents", "quasicrystals", "proteins")),
            Keyword(term="volcanoes", weight=-0.2),
        ),
        authors=("Ada Lovelace",),
    )
    full = get(found, wanted, limit=3)
    assert counts(full, "Teapots", "teapots") == [1, 1]
    assert [match.score for match in full] == sorted((m.score for m in full), reverse=True)
    assert counts(get(found, wanted, limit=3, min_score=0.99), "Teapots", "teapots") == [1, 1]
    assert len(get(found, wanted, limit=1)) == 1


@FEWER
@given(
    sizes=st.lists(st.integers(0, 12), min_size=1, max_size=4),
    limit=st.integers(0, 12),
    readers=st.integers(1, 3),
)
def test_a_list_is_full_in_order_and_the_same_among_other_readers(sizes, limit, readers):
    terms = ["agents", "quasicrystals", "proteins", "volcanoes"]
    found = [
        paper
        for number, size in enumerate(sizes)
        for paper in about(terms[number], size, start=100 * number)
    ]
    profile = Profile(id="ada", interests=interests(*terms), limit=limit)
    others = [Profile(id="bob", interests=interests("fog"), limit=4)] * readers
    lists = [
        [(match.paper.id, match.score) for match in ranking.matches]
        for ranking in (rank(Pool(found), [profile])[0], rank(Pool(found), [*others, profile])[-1])
    ]
    assert [paper for paper, _ in lists[0]] == [paper for paper, _ in lists[1]]
    assert len(lists[0]) == min(limit, sum(sizes))
    scores = [score for _, score in lists[0]]
    assert scores == pytest.approx(sorted(scores, reverse=True))
