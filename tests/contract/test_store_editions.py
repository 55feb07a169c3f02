"""What every ``EditionStore`` promises."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from digest.core.edition import Match, Reason, ReasonKind
from digest.core.subscriber import TextField
from digest.errors import StoreError
from digest.ports import History
from tests.builders import NOW, a_delivery, a_harvest, a_paper, a_subscriber, an_edition
from tests.contract.entries import FOUR, MONDAY, ONE, THREE, TUESDAY, TWO, sent, unsent


class Known:
    """Papers at hand; remembers which were kept, and holds no more than it may."""

    def __init__(self, most=1_000):
        self.papers = {}
        self.kept = []
        self._most = most

    def get(self, serial):
        return self.papers.get(serial)

    def keep(self, serial, paper):
        self.kept.append(serial)
        self.papers[serial] = paper
        if len(self.papers) > self._most:
            del self.papers[min(self.papers)]


def test_an_edition_comes_back_as_it_was_composed(editions, ada):
    reasons = (
        Reason(kind=ReasonKind.TERM, text="Größe", field=TextField.TITLE, count=2),
        Reason(kind=ReasonKind.AUTHOR, text="Ada"),
    )
    edition = an_edition(
        ada,
        slot="2026-W47",
        cutoff=4,
        considered=40,
        matched=7,
        picks=(Match(paper=TWO, score=0.875, reasons=reasons), Match(paper=ONE, score=0.1)),
        trending=(FOUR, THREE),
    )
    assert editions.add_editions([(edition, a_delivery(ada))]) == 1
    (stored,) = editions.editions_of(ada.id)
    assert stored == replace(edition, id=stored.id)
    assert editions.editions([stored.id], known=Known()) == {stored.id: stored}


def test_empty_editions_are_counted_by_slot(editions, ada, store):
    bob = store.subscribers.add(a_subscriber("bob@example.org"), now=NOW)
    editions.add_editions([unsent(ada), unsent(bob), unsent(ada, TUESDAY), sent(bob, slot=TUESDAY)])
    assert editions.empties() == {MONDAY: 2, TUESDAY: 1}


def test_an_edition_that_is_gone_is_missing(editions, ada, store):
    editions.add_editions([sent(ada, ONE), sent(ada, TWO, slot=TUESDAY)])
    two, one = editions.editions_of(ada.id)
    assert editions.editions([one.id, 999], known=Known()) == {one.id: one}
    assert editions.editions([], known=Known()) == {}
    store.subscribers.delete(ada.id)
    assert editions.editions([one.id, two.id], known=Known()) == {}


def test_nothing_is_stored_for_nothing(editions):
    assert editions.add_editions([]) == 0


def test_many_editions_are_read_at_once_each_with_its_own(editions, ada, store):
    bob = store.subscribers.add(a_subscriber("bob@example.org"), now=NOW)
    editions.add_editions([sent(ada, TWO, ONE, trending=(THREE,)), sent(bob, ONE, trending=(TWO,))])
    wanted = [*editions.editions_of(ada.id), *editions.editions_of(bob.id)]
    ids = [edition.id for edition in wanted]
    found = editions.editions([*range(10_000, 12_345), *ids, *ids], known=Known())
    assert found == {edition.id: edition for edition in wanted}


def test_a_paper_at_hand_is_not_read_again(editions, ada, store):
    editions.add_editions([sent(ada, ONE, TWO), sent(ada, TWO, slot=TUESDAY, trending=(THREE,))])
    second, first = editions.editions_of(ada.id)
    known = Known()
    editions.editions([first.id], known=known)
    assert known.papers == {1: ONE, 2: TWO}
    newer = a_paper("x:two", abstract="As it is known now.")
    store.papers.record_harvest("a", a_harvest(newer), now=NOW, not_before=None)
    found = editions.editions([first.id, second.id], known=known)
    assert [match.paper for match in found[first.id].picks] == [ONE, TWO]
    assert [match.paper for match in found[second.id].picks] == [TWO]
    assert found[second.id].picks[0].paper is known.papers[2]
    assert found[second.id].trending == (THREE,)
    assert known.kept == [1, 2, 3]
    afresh = editions.editions([second.id], known=Known())
    assert afresh[second.id].picks[0].paper.abstract == newer.abstract


def test_papers_need_not_be_kept_at_hand(editions, ada):
    editions.add_editions([sent(ada, ONE, TWO, THREE)])
    (stored,) = editions.editions_of(ada.id)
    forgetful = Known(most=1)
    assert editions.editions([stored.id], known=forgetful) == {stored.id: stored}
    assert len(forgetful.papers) == 1


def test_an_alias_is_kept_under_the_serial_it_was_told_as(editions, ada, store):
    for raw_id, doi in (("x:old", "10.1/old"), ("x:young", "10.1/young")):
        told = a_harvest(a_paper(raw_id, doi=doi))
        store.papers.record_harvest("a", told, now=NOW, not_before=None)
    editions.add_editions([sent(ada, a_paper("x:young"))])
    both = a_harvest(a_paper("x:old", doi="10.1/young"))
    store.papers.record_harvest("a", both, now=NOW, not_before=None)
    (stored,) = editions.editions_of(ada.id)
    known = Known()
    for _ in range(2):
        assert editions.editions([stored.id], known=known) == {stored.id: stored}
    assert {serial: str(paper.id) for serial, paper in known.papers.items()} == {6: "x:old"}
    assert known.kept == [6]


def test_papers_of_an_edition_that_prove_to_be_one_are_told_once(editions, ada, store):
    told = [a_paper(f"x:{name}", doi=f"10.1/{name}") for name in ("a", "b", "c", "d")]
    store.papers.record_harvest("a", a_harvest(*told), now=NOW, not_before=None)
    a, b, c, d = told
    editions.add_editions([sent(ada, b, c, a, trending=(d,))])
    for one, other in (("x:b", a), ("x:d", c)):
        same = a_harvest(a_paper(one, doi=other.doi))
        store.papers.record_harvest("a", same, now=NOW, not_before=None)
    (stored,) = editions.editions_of(ada.id)
    assert [str(match.paper.id) for match in stored.picks] == ["x:a", "x:c"]
    assert stored.trending == ()


def test_editions_go_on_without_a_paper_that_somebody_deleted(editions, ada, store):
    editions.add_editions([sent(ada, ONE, TWO, trending=(THREE, FOUR))])
    with store.database.writing() as connection:
        for table in ("paper_keys", "papers"):
            connection.execute(text(f"DELETE FROM {table} WHERE serial IN (2, 3)"))  # noqa: S608 - ours
    with capture_logs() as logs:
        (stored,) = editions.editions_of(ada.id)
    assert [match.paper for match in stored.picks] == [ONE]
    assert stored.trending == (FOUR,)
    assert [(line["event"], line["serials"]) for line in logs] == [("papers_gone", [2, 3])]
    (history,) = editions.histories([ada.id], since=NOW - timedelta(days=1)).values()
    assert history.shown == {ONE.id, FOUR.id}


def test_the_delivery_is_queued_with_its_edition(editions, ada, store):
    wanted = sent(ada, ONE)
    editions.add_editions([wanted])
    (edition,) = editions.editions_of(ada.id)
    (queued,) = store.ledger.deliveries(edition_ids=[edition.id])
    assert queued == replace(wanted[1], id=queued.id, edition_id=edition.id)


def test_editions_are_listed_newest_first(editions, ada):
    for day, slot in enumerate((MONDAY, TUESDAY)):
        editions.add_editions([sent(ada, ONE, slot=slot, created_at=NOW + timedelta(days=day))])
    assert [edition.slot.key for edition in editions.editions_of(ada.id)] == [TUESDAY, MONDAY]
    assert [edition.slot.key for edition in editions.editions_of(ada.id, slot=MONDAY)] == [MONDAY]


def test_a_slot_is_composed_once(editions, ada, store):
    assert editions.add_editions([sent(ada, ONE), sent(ada, THREE)]) == 1
    assert editions.add_editions([sent(ada, TWO)]) == 0
    (stored,) = editions.editions_of(ada.id)
    assert [match.paper for match in stored.picks] == [ONE]
    assert store.ledger.counts() == {(MONDAY, "queued"): 1}


def test_an_empty_edition_gives_way(editions, ada, history):
    assert editions.add_editions([unsent(ada, cutoff=2)]) == 1
    assert history() == History(cutoff=2)
    assert editions.add_editions([unsent(ada, cutoff=3)]) == 1
    assert history() == History(cutoff=3)
    assert editions.add_editions([sent(ada, FOUR, cutoff=4)]) == 1
    assert history() == History(cutoff=4, shown={FOUR.id})


def test_an_empty_edition_gives_way_only_in_its_own_slot(editions, ada, store):
    bob = store.subscribers.add(a_subscriber("bob@example.org"), now=NOW)
    editions.add_editions([unsent(ada, MONDAY), unsent(bob, TUESDAY)])
    editions.add_editions([sent(ada, ONE, slot=TUESDAY), sent(bob, ONE, slot=MONDAY)])
    assert len(editions.editions_of(ada.id)) == 2
    assert len(editions.editions_of(bob.id)) == 2


def test_an_empty_edition_that_the_reader_is_told_of_stays(editions, ada, history):
    assert editions.add_editions([sent(ada)]) == 1
    assert editions.add_editions([sent(ada, ONE)]) == 0
    assert history() == History(cutoff=1)


def test_a_reader_deleted_meanwhile_holds_up_nobody(editions, ada, store):
    bob = store.subscribers.add(a_subscriber("bob@example.org"), now=NOW)
    store.subscribers.delete(ada.id)
    assert editions.add_editions([sent(ada, ONE), sent(bob, ONE)]) == 1
    assert len(editions.editions_of(bob.id)) == 1


def test_editions_are_stored_together_or_not_at_all(editions, ada, store):
    bob = store.subscribers.add(a_subscriber("bob@example.org"), now=NOW)
    with pytest.raises(StoreError, match="x:unheard-of"):
        editions.add_editions([sent(ada, ONE), sent(bob, a_paper("x:unheard-of"))])
    assert editions.editions_of(ada.id) == []
    assert store.ledger.counts() == {}


def test_a_message_id_is_used_once(editions, ada):
    editions.add_editions([(an_edition(ada, ONE), a_delivery(ada, message_id="x"))])
    again = an_edition(ada, TWO, slot=TUESDAY), a_delivery(ada, message_id="x")
    with pytest.raises(IntegrityError):
        editions.add_editions([again])
    assert len(editions.editions_of(ada.id)) == 1
