"""What every ``FeedbackStore`` promises."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from digest.core.feedback import Feedback, Verdict
from digest.core.paper import PaperId
from digest.errors import UnknownPaperError
from tests.builders import NOW, a_harvest, a_paper, a_subscriber

ONE, TWO = a_paper("x:one"), a_paper("x:two")


@pytest.fixture
def ada(store):
    store.papers.record_harvest("a", a_harvest(ONE, TWO), now=NOW, not_before=None)
    return store.subscribers.add(a_subscriber("ada@example.org"), now=NOW)


def said(verdict, paper=ONE.id, hours=0, **fields):
    return Feedback(paper=paper, verdict=verdict, at=NOW + timedelta(hours=hours), **fields)


def test_a_verdict_comes_back_as_stored(store, ada):
    told = said(Verdict.NOT_AUTHOR, author="Søren “X” 李")
    assert store.feedback.record(ada.id, told)
    assert store.feedback.standing([ada.id]) == {ada.id: [told]}
    assert store.feedback.history(ada.id) == [told]


def test_the_last_verdict_on_a_paper_stands_and_the_history_has_all(store, ada):
    told = [
        said(Verdict.MORE),
        said(Verdict.SAVE, TWO.id, hours=1),
        said(Verdict.FEWER, hours=2),
        said(Verdict.MORE, hours=3),
    ]
    assert [store.feedback.record(ada.id, each) for each in told] == [True] * 4
    assert store.feedback.standing([ada.id])[ada.id] == [told[1], told[3]]
    assert store.feedback.history(ada.id) == told[::-1]


def test_a_verdict_that_stands_already_changes_nothing(store, ada):
    assert store.feedback.record(ada.id, said(Verdict.SAVE))
    assert not store.feedback.record(ada.id, said(Verdict.SAVE, hours=9))
    assert store.feedback.history(ada.id) == [said(Verdict.SAVE)]
    assert store.feedback.record(ada.id, said(Verdict.NOT_AUTHOR, author="A"))
    assert store.feedback.record(ada.id, said(Verdict.NOT_AUTHOR, author="B"))
    assert not store.feedback.record(ada.id, said(Verdict.NOT_AUTHOR, author="B"))


def test_clicks_at_the_same_moment_are_one(store, ada):
    with ThreadPoolExecutor(4) as threads:
        new = list(
            threads.map(lambda _: store.feedback.record(ada.id, said(Verdict.MORE)), "12345678")
        )
    assert sorted(new) == [False] * 7 + [True]


def test_readers_are_kept_apart_and_all_are_present(store, ada):
    bob = store.subscribers.add(a_subscriber("bob@example.org"), now=NOW)
    store.feedback.record(bob.id, said(Verdict.FEWER))
    found = store.feedback.standing([ada.id, bob.id, 999])
    assert found == {ada.id: [], bob.id: [said(Verdict.FEWER)], 999: []}
    assert store.feedback.standing([]) == {}
    assert store.feedback.history(ada.id) == []


def test_a_paper_that_nobody_knows_is_refused(store, ada):
    with pytest.raises(UnknownPaperError, match="x:none: no such paper"):
        store.feedback.record(ada.id, said(Verdict.MORE, PaperId("x:none")))


def test_a_reader_who_is_gone_says_nothing(store, ada):
    store.suppressions.erase(ada.id, now=NOW)
    assert not store.feedback.record(ada.id, said(Verdict.MORE))


@pytest.mark.parametrize("end", ["delete", "erase"])
def test_nothing_is_left_of_a_reader_who_is_gone(store, ada, end):
    store.feedback.record(ada.id, said(Verdict.MORE))
    if end == "erase":
        store.suppressions.erase(ada.id, now=NOW)
    else:
        store.subscribers.delete(ada.id)
    assert store.feedback.history(ada.id) == []
    assert store.feedback.standing([ada.id]) == {ada.id: []}


def test_papers_that_turn_out_to_be_one_have_one_verdict(store, ada):
    store.feedback.record(ada.id, said(Verdict.MORE))
    store.feedback.record(ada.id, said(Verdict.FEWER, TWO.id, hours=1))
    for paper in (ONE, TWO):
        same = a_paper(paper.id, doi="10.1000/same")
        store.papers.record_harvest("b", a_harvest(same), now=NOW, not_before=None)
    assert store.feedback.standing([ada.id])[ada.id] == [said(Verdict.FEWER, hours=1)]
    assert not store.feedback.record(ada.id, said(Verdict.FEWER, hours=2))
    assert not store.feedback.record(ada.id, said(Verdict.FEWER, TWO.id, hours=2))


def test_verdicts_of_more_readers_than_a_statement_holds_are_read(store, ada):
    many = [a_subscriber(f"r{number:04}@example.org") for number in range(1_234)]
    store.subscribers.put(many, now=NOW)
    readers = [reader.id for reader in store.subscribers.all()]
    store.feedback.record(ada.id, said(Verdict.SAVE))
    found = store.feedback.standing(readers)
    assert len(found) == 1_235
    assert sum(map(len, found.values())) == 1
