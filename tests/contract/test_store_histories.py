"""What every ``EditionStore`` promises of what readers have had."""

from datetime import timedelta

import pytest

from digest.core.delivery import DeliveryState
from digest.ports import History
from tests.builders import NOW, a_harvest, a_paper, a_subscriber
from tests.contract.entries import LONG_AGO, ONE, THREE, TUESDAY, TWO, sent, unsent

LOST = (DeliveryState.FAILED, DeliveryState.SUPPRESSED)


def test_a_new_reader_has_an_empty_history(editions, ada):
    nothing = editions.histories([ada.id, 999], since=LONG_AGO)
    assert nothing == {ada.id: History(), 999: History()}
    assert editions.histories([], since=LONG_AGO) == {}


def test_a_history_tells_picks_and_trending_papers_of_all_editions(editions, ada, history):
    editions.add_editions([sent(ada, ONE, cutoff=2, trending=(TWO,))])
    editions.add_editions([sent(ada, THREE, slot=TUESDAY, cutoff=3)])
    assert history() == History(cutoff=3, shown={ONE.id, TWO.id, THREE.id})


def test_what_was_long_ago_is_no_part_of_a_history(editions, ada, history):
    editions.add_editions([sent(ada, ONE, cutoff=2)])
    later = NOW + timedelta(days=1)
    editions.add_editions([sent(ada, TWO, slot=TUESDAY, cutoff=3, created_at=later)])
    assert history(since=later) == History(cutoff=3, shown={TWO.id})
    assert history(since=later + timedelta(seconds=1)) == History()


@pytest.mark.parametrize("state", LOST)
def test_the_papers_of_a_lost_edition_may_come_again(editions, ada, history, ends, state):
    editions.add_editions([sent(ada, ONE, cutoff=1)])
    ends(DeliveryState.SENT)
    editions.add_editions([sent(ada, TWO, slot=TUESDAY, cutoff=2)])
    ends(state)
    assert history() == History(cutoff=1, shown={ONE.id})


@pytest.mark.parametrize("state", [state for state in DeliveryState if state not in LOST])
def test_an_edition_that_is_not_lost_counts(editions, ada, history, ends, state):
    editions.add_editions([sent(ada, ONE)])
    ends(state)
    assert history() == History(cutoff=1, shown={ONE.id})


def test_trending_papers_that_nobody_was_told_of_were_not_shown(editions, ada, history):
    editions.add_editions([unsent(ada, trending=(ONE,))])
    assert history().shown == frozenset()


def test_a_paper_shown_as_a_younger_record_was_shown(editions, ada, history, store):
    older, younger = a_paper("x:old", doi="10.1/old"), a_paper("x:young", doi="10.1/young")
    for paper in (older, younger):
        store.papers.record_harvest("a", a_harvest(paper), now=NOW, not_before=None)
    editions.add_editions([sent(ada, younger, older)])
    both = a_paper("x:old", doi="10.1/young", abstract="As it is known now.")
    store.papers.record_harvest("a", a_harvest(both), now=NOW, not_before=None)
    assert history().shown == {older.id}
    (edition,) = editions.editions_of(ada.id)
    (match,) = edition.picks
    assert (match.paper.id, match.paper.abstract) == (older.id, both.abstract)


def test_a_paper_shown_as_an_alias_of_an_alias_was_shown(editions, ada, history, store):
    dois = {f"x:{name}": f"10.1/{name}" for name in ("oldest", "older", "young")}
    for raw_id, doi in dois.items():
        told = a_harvest(a_paper(raw_id, doi=doi))
        store.papers.record_harvest("a", told, now=NOW, not_before=None)
    editions.add_editions([sent(ada, a_paper("x:young"))])
    for raw_id, doi in (("x:older", "10.1/young"), ("x:oldest", "10.1/older")):
        told = a_harvest(a_paper(raw_id, doi=doi))
        store.papers.record_harvest("a", told, now=NOW, not_before=None)
    assert history().shown == {"x:oldest"}


def test_thousands_of_readers_are_composed_for_at_once(editions, store):
    store.subscribers.sync([a_subscriber(f"r{n}@example.org") for n in range(2_345)], now=NOW)
    readers = store.subscribers.all()
    assert editions.add_editions([sent(reader, ONE, TWO) for reader in readers]) == 2_345
    histories = editions.histories([reader.id for reader in readers], since=LONG_AGO)
    assert len(histories) == 2_345
    expected = History(cutoff=1, shown={ONE.id, TWO.id})
    assert all(history == expected for history in histories.values())
