"""The journal: much in one commit, in an order that a crash cannot turn round."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import StoreAwayError, StoreError
from digest.pipeline.journal import Journal
from tests.builders import a_delivery, a_subscriber

READER = a_subscriber()


def mail(number):
    return a_delivery(READER, id=number)


class Ledger:
    """Stores what it is given; remembers each commit as two lists of ids.

    ``refused`` names ids that are not stored.
    """

    def __init__(self, *, refused=()):
        self.commits = []
        self.refused = refused
        self.error = None
        self.asked = 0

    def commit(self, begun, settled):
        self.asked += 1
        if self.error:
            raise self.error
        self.commits.append(([of.id for of in begun], [of.id for of in settled]))
        return (
            [of.id not in self.refused for of in begun],
            [of.id not in self.refused for of in settled],
        )


@pytest.fixture
async def ledger():
    return Ledger()


@pytest.fixture
async def journal(ledger):
    return Journal(ledger.commit)


class Told(dict):
    """What was heard of each ending."""

    def of(self, number):
        return lambda is_stored: self.update({number: is_stored})


def begin(journal, *numbers):
    return [asyncio.create_task(journal.begin(mail(number))) for number in numbers]


async def turn_of_the_loop():
    for _ in range(3):
        await asyncio.sleep(0)


async def test_what_comes_in_one_turn_of_the_loop_is_one_commit(journal, ledger):
    told = Told()

    async def go_on(number):
        """End one mail and begin another one, as a line does."""
        journal.settle(mail(number), told.of(number))
        return await journal.begin(mail(number + 10))

    assert await asyncio.gather(*map(go_on, (1, 2, 3))) == [True, True, True]
    assert ledger.commits == [([11, 12, 13], [1, 2, 3])]
    assert told == {1: True, 2: True, 3: True}


async def test_an_ending_alone_is_stored_soon(journal, ledger):
    told = Told()
    journal.settle(mail(1), told.of(1))
    assert told == {}
    await turn_of_the_loop()
    assert told == {1: True}
    assert ledger.commits == [([], [1])]


async def test_each_hears_whether_its_own_was_stored(journal, ledger):
    ledger.refused = {2, 12}
    told = Told()
    for number in (11, 12, 13):
        journal.settle(mail(number), told.of(number))
    assert await asyncio.gather(*begin(journal, 1, 2, 3)) == [True, False, True]
    assert told == {11: True, 12: False, 13: True}


async def test_nothing_is_committed_for_nothing(journal, ledger):
    await journal.close()
    assert ledger.asked == 0


@given(st.lists(st.sampled_from(["begin", "settle", "turn"]), max_size=40))
def test_an_ending_told_before_a_beginning_is_stored_no_later_than_it(events):
    async def run():
        ledger, told, started, earlier = Ledger(), Told(), [], {}
        journal = Journal(ledger.commit)
        endings = set()
        for number, event in enumerate(events):
            if event == "begin":
                started += begin(journal, number)
                await asyncio.sleep(0)  # so that it has asked
                earlier[number] = set(endings)
            elif event == "settle":
                journal.settle(mail(number), told.of(number))
                endings.add(number)
            else:
                await turn_of_the_loop()
        await asyncio.gather(*started)
        await journal.close()
        return ledger.commits, earlier, told, endings

    commits, earlier, told, endings = asyncio.run(run())
    assert sorted(number for begun, _ in commits for number in begun) == sorted(earlier)
    assert sorted(number for _, settled in commits for number in settled) == sorted(endings)
    assert told == dict.fromkeys(endings, True)
    stored = set()
    for begun, settled in commits:
        stored |= set(settled)
        assert all(earlier[number] <= stored for number in begun)


async def test_close_waits_until_all_is_stored(journal, ledger):
    told = Told()
    journal.settle(mail(1), told.of(1))
    await journal.close()
    assert (told, ledger.commits) == ({1: True}, [([], [1])])


async def test_a_failure_is_heard_by_every_beginning(journal, ledger):
    ledger.error = StoreError("the disk is full")
    heard = await asyncio.gather(*begin(journal, 1, 2, 3), return_exceptions=True)
    assert heard == [ledger.error] * 3
    ledger.error = None
    with pytest.raises(StoreError, match="the disk is full"):
        await journal.begin(mail(4))
    assert ledger.commits == []


async def test_after_a_failure_the_endings_are_tried_once_more_at_the_close(journal, ledger):
    told = Told()
    ledger.error = StoreError("locked")
    journal.settle(mail(1), told.of(1))
    (beginning,) = begin(journal, 2)
    await asyncio.wait([beginning])
    assert isinstance(beginning.exception(), StoreError)
    journal.settle(mail(3), told.of(3))
    await turn_of_the_loop()
    assert (ledger.asked, told) == (1, {})
    ledger.error = None
    await journal.close()
    assert ledger.commits == [([], [1, 3])]  # in their order, and nothing begun
    assert told == {1: True, 3: True}
    await journal.close()
    assert ledger.asked == 2


async def test_endings_that_cannot_be_stored_at_the_close_either_are_an_error(journal, ledger):
    told = Told()
    ledger.error = StoreError("locked")
    journal.settle(mail(1), told.of(1))
    await turn_of_the_loop()
    with pytest.raises(StoreError, match="locked"):
        await journal.close()
    assert (ledger.asked, told) == (2, {})


async def test_whoever_cannot_hear_that_an_ending_was_stored_does_not_undo_it(journal, ledger):
    def deaf(_is_stored):
        raise BrokenPipeError

    journal.settle(mail(1), deaf)
    await turn_of_the_loop()
    with pytest.raises(BrokenPipeError):
        await journal.begin(mail(2))
    with pytest.raises(BrokenPipeError):
        await journal.close()
    assert ledger.commits == [([], [1])]


async def test_whoever_stops_waiting_for_a_beginning_holds_up_nobody(journal):
    given_up, other = begin(journal, 1, 2)
    await asyncio.sleep(0)
    given_up.cancel()
    assert await other
    assert given_up.cancelled()


async def test_close_waits_for_a_store_that_is_away(ledger, monkeypatch):
    monkeypatch.setattr("digest.pipeline.journal._PAUSE", 0.01)
    journal, told = Journal(ledger.commit, patience=100), Told()
    ledger.error = StoreAwayError("the server broke off")
    journal.settle(mail(1), told.of(1))
    await turn_of_the_loop()
    asyncio.get_running_loop().call_later(0.05, setattr, ledger, "error", None)
    await journal.close()
    assert (told, ledger.commits) == ({1: True}, [([], [1])])


async def test_close_gives_up_on_a_store_that_stays_away(ledger, monkeypatch):
    monkeypatch.setattr("digest.pipeline.journal._PAUSE", 0.001)
    journal, ledger.error = Journal(ledger.commit, patience=3), StoreAwayError("gone")
    journal.settle(mail(1), Told().of(1))
    await turn_of_the_loop()
    with pytest.raises(StoreAwayError):
        await journal.close()
    assert ledger.asked == 5
