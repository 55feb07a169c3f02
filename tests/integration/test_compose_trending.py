"""Composing over a real store: the trending section and the outsider repeat nothing of the list."""

from digest.core.paper import Signals
from tests.builders import NOW, a_paper, interests
from tests.composing import DAY, add, harvest, papers, run, shown


def test_reader_without_interests_gets_the_trending_list(store):
    reader = add(store, wanted=interests())
    loved = papers(1, signals=Signals(upvotes=90))
    harvest(store, *papers(2, 3, 4), *loved)
    run(store)
    assert shown(store, reader)["2026-11-23"][0] == "arxiv:2406.00001"


def test_the_trending_list_has_no_trending_section_and_nothing_that_matched(store):
    reader = add(store, wanted=interests(), max_papers=2)
    harvest(store, *papers(1, 2, 3, 4, signals=Signals(upvotes=90)))
    run(store)
    (edition,) = store.editions.editions_of(reader.id)
    assert (len(edition.picks), edition.trending) == (2, ())
    assert (edition.matched, edition.considered) == (2, 4)


def test_trending_section_repeats_no_pick_and_nothing_shown_before(store):
    reader = add(store)
    harvest(
        store,
        *papers(1, signals=Signals(upvotes=50)),
        *papers(2, 3, title="Proteins", signals=Signals(upvotes=70)),
    )
    run(store)
    harvest(
        store, *papers(4), *papers(5, title="Galaxies", signals=Signals(upvotes=9)), now=NOW + DAY
    )
    run(store, NOW + DAY)
    second, first = store.editions.editions_of(reader.id)
    assert {str(paper.id) for paper in first.trending} == {"arxiv:2406.00002", "arxiv:2406.00003"}
    assert [str(paper.id) for paper in second.trending] == ["arxiv:2406.00005"]


def test_the_trending_section_is_as_long_as_the_reader_wants(store):
    readers = [add(store, f"{length}@example.org", trending=length) for length in (0, 1, 5)]
    harvest(
        store,
        *papers(1),
        *papers(2, 3, 4, 5, 6, 7, title="Proteins", signals=Signals(upvotes=9)),
    )
    run(store)
    editions = [edition for reader in readers for edition in store.editions.editions_of(reader.id)]
    assert [len(edition.trending) for edition in editions] == [0, 1, 5]


def test_the_trending_section_repeats_no_work_of_the_list_and_none_of_its_own(store):
    reader = add(store)
    loved = Signals(upvotes=9)
    harvest(
        store,
        a_paper("2406.00001", title="Dense retrieval", signals=loved, authors=("A", "B")),
        a_paper("x:1", title="Dense Retrieval!", signals=loved, authors=("C", "D")),
        a_paper("2406.00002", title="Proteins", signals=loved, authors=("A", "B")),
        a_paper("x:2", title="Proteins", signals=loved, authors=("C", "D")),
    )
    run(store)
    (edition,) = store.editions.editions_of(reader.id)
    assert len(edition.picks) == 1
    assert [paper.title for paper in edition.trending] == ["Proteins"]


def test_an_outsider_is_stored_with_its_mark_and_not_repeated_below(store):
    reader = add(store, outsider=True)
    plain = add(store, "bob@example.org")
    harvest(
        store,
        *papers(1, 2),
        *papers(3, title="Proteins", signals=Signals(upvotes=70)),
        *papers(4, title="Galaxies", signals=Signals(upvotes=9)),
    )
    run(store)
    (edition,) = store.editions.editions_of(reader.id)
    assert str(edition.picks[-1].paper.id) == "arxiv:2406.00003"
    assert [match.is_outsider for match in edition.picks] == [False, False, True]
    assert [str(paper.id) for paper in edition.trending] == ["arxiv:2406.00004"]
    assert edition.matched == 2
    assert len(shown(store, plain)["2026-11-23"]) == 2


def test_what_grew_at_once_is_not_hotter_than_what_grew_for_days(store):
    reader = add(store, wanted=interests())
    new = {"published": NOW, "title": "Fog"}
    for day, steady in enumerate((100, 200, 290)):
        spike = 500 if day == 2 else 5
        harvest(
            store,
            *papers(1, **new, signals=Signals(upvotes=steady)),
            *papers(2, **new, signals=Signals(upvotes=spike)),
            *papers(3, 4, 5, 6, 7, **new, signals=Signals(upvotes=12)),
            now=NOW + day * DAY,
        )
    run(store, NOW + 2 * DAY)
    assert shown(store, reader)["2026-11-25"][:2] == ["arxiv:2406.00001", "arxiv:2406.00002"]
