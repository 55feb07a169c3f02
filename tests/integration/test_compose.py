"""Composing over a real store: what is new to each reader, once."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from digest.core.delivery import DeliveryState
from digest.core.schedule import Slot
from digest.pipeline.compose import plan, preview
from tests.builders import NOW, a_paper, interests
from tests.composing import DAY, MAX_AGE, add, due_readers, harvest, papers, run, shown


def test_edition_and_its_queued_delivery_are_stored_together(store):
    reader = add(store)
    harvest(store, *papers(1, 2))
    report = run(store)
    (edition,) = store.editions.editions_of(reader.id)
    (delivery,) = store.ledger.deliveries(edition_ids=[edition.id])
    assert (report.composed, report.empty) == (1, 0)
    assert (edition.considered, len(edition.picks)) == (2, 2)
    assert (delivery.state, delivery.recipient) == (DeliveryState.QUEUED, "ada@example.org")
    assert delivery.expires_at == NOW + DAY


def test_a_second_run_for_the_slot_composes_nothing(store):
    add(store)
    harvest(store, *papers(1))
    run(store)
    harvest(store, *papers(2))
    assert run(store, NOW + timedelta(hours=1)).composed == 0


def test_what_another_process_composed_meanwhile_is_not_counted(store):
    add(store)
    add(store, "bob@example.org", interests("fog"))
    harvest(store, *papers(1))
    due = [*due_readers(store).blocks()]
    run(store)
    report = run(store, due=due)
    assert (report.due, report.composed, report.empty) == (2, 0, 1)  # the empty one gave way


def test_the_next_day_has_only_what_is_new_and_nothing_twice(store):
    reader = add(store)
    harvest(store, *papers(1, 2))
    run(store)
    harvest(store, *papers(1, 2, 3), now=NOW + DAY)
    run(store, NOW + DAY)
    assert shown(store, reader) == {
        "2026-11-23": ["arxiv:2406.00001", "arxiv:2406.00002"],
        "2026-11-24": ["arxiv:2406.00003"],
    }


def test_a_paper_that_came_late_is_new_whatever_its_date(store):
    reader = add(store)
    harvest(store, *papers(1))
    run(store)
    held_back = papers(2, published=NOW - timedelta(days=9))
    harvest(store, *held_back, now=NOW + DAY)
    run(store, NOW + DAY)
    assert shown(store, reader)["2026-11-24"] == ["arxiv:2406.00002"]


def test_a_paper_older_than_max_age_when_first_seen_is_no_news(store):
    reader = add(store)
    harvest(store, *papers(1, published=NOW - timedelta(days=31)), *papers(2))
    run(store)
    assert shown(store, reader) == {"2026-11-23": ["arxiv:2406.00002"]}


def test_papers_of_an_edition_that_failed_for_good_come_again(store):
    reader = add(store)
    harvest(store, *papers(1))
    run(store)
    (claimed,) = store.ledger.claim(owner="me", limit=1, now=NOW, lease_until=NOW + DAY)
    store.ledger.record(replace(claimed, state=DeliveryState.FAILED, reply="550"), now=NOW)
    run(store, NOW + DAY)
    assert shown(store, reader)["2026-11-24"] == ["arxiv:2406.00001"]


def test_a_day_with_nothing_for_a_reader_sends_nothing_and_says_so(store):
    reader = add(store)
    harvest(store, *papers(1, title="Proteins"))
    report = run(store)
    (edition,) = store.editions.editions_of(reader.id)
    assert (report.composed, report.empty) == (0, 1)
    assert (edition.is_empty, edition.considered, edition.matched) == (True, 1, 0)
    assert store.ledger.deliveries(edition_ids=[edition.id]) == []


def test_an_empty_slot_is_filled_when_papers_come_later_that_day(store):
    reader = add(store)
    harvest(store, *papers(1, title="Proteins"))
    run(store)
    assert run(store, NOW + timedelta(hours=1)).empty == 0
    harvest(store, *papers(2))
    assert run(store, NOW + timedelta(hours=2)).composed == 1
    assert shown(store, reader) == {"2026-11-23": ["arxiv:2406.00002"]}


def test_an_empty_mail_is_queued_once_when_readers_want_to_know(store):
    reader = add(store)
    run(store, send_empty=True)
    harvest(store, *papers(1))
    assert run(store, NOW + timedelta(hours=1), send_empty=True).composed == 0
    (edition,) = store.editions.editions_of(reader.id)
    assert len(store.ledger.deliveries(edition_ids=[edition.id])) == 1


def test_paused_and_unsubscribed_readers_are_not_due(store):
    for email, change in (("p@example.org", "pause"), ("u@example.org", "unsubscribe")):
        reader = add(store, email)
        changed = reader.pause(None) if change == "pause" else reader.unsubscribe()
        store.subscribers.update(changed)
    harvest(store, *papers(1))
    assert run(store).composed == 0


def test_liked_papers_move_the_list_and_are_never_results(store):
    reader = add(store, wanted=interests(liked=("arxiv:2406.00001",)))
    liked = a_paper(
        "2406.00001", title="Gravitational lensing of galaxies", abstract="Weak lensing."
    )
    like = a_paper("2406.00002", title="Lensing of distant galaxies", abstract="Weak lensing maps.")
    others = papers(*range(3, 20), title="Compiler design", abstract="Register allocation.")
    harvest(store, *others, liked, like)
    run(store)
    assert shown(store, reader)["2026-11-23"][0] == "arxiv:2406.00002"
    assert "arxiv:2406.00001" not in shown(store, reader)["2026-11-23"]


def test_many_readers_are_composed_in_blocks(store):
    for number in range(23):
        add(store, f"r{number}@example.org")
    harvest(store, *papers(1))
    assert run(store).composed == 23
    assert store.ledger.counts() == {("2026-11-23", "queued"): 23}


def test_a_plan_and_a_preview_store_nothing(store):
    reader = add(store)
    harvest(store, *papers(1))
    slot = Slot.parse("2026-11-23")
    stores = {"papers": store.papers, "editions": store.editions, "feedback": store.feedback}
    ports = {**stores, "max_age": MAX_AGE, "now": NOW}
    ((planned,),) = plan([[(reader, slot)]], **ports)
    edition, ranking = preview(reader, slot, **ports)
    assert planned[1].picks == edition.as_told().picks
    assert [match.paper.id for match in ranking.matches] == ["arxiv:2406.00001"]
    assert store.editions.editions_of(reader.id) == []


def test_a_slot_with_nothing_but_old_papers_is_tried_once(store):
    add(store)
    harvest(store, *papers(1, published=NOW - timedelta(days=400)))
    assert run(store).empty == 1
    assert run(store).empty == 0
    harvest(store, *papers(2))
    assert run(store).composed == 1


class Taken:
    """Turns that another process has; it does its work before it gives them back."""

    def __init__(self, work=lambda: None):
        self._work = work

    @contextmanager
    def turn(self, _what, *, patience):
        self._work()
        yield bool(patience)


def in_turns(store, turns, patience):
    return list(due_readers(store).in_turn(turns, patience=patience))


def test_a_block_that_another_process_composes_is_left_to_it(store):
    add(store)
    harvest(store, *papers(1))
    assert in_turns(store, Taken(), timedelta()) == []


def test_who_waited_for_a_block_composes_what_is_left_of_it(store):
    reader = add(store)
    harvest(store, *papers(1))
    ((left,),) = in_turns(store, Taken(), DAY)
    assert left[0].id == reader.id
    assert in_turns(store, Taken(lambda: run(store)), DAY) == []
