"""What every ``EditionStore`` promises of editions that were kept for long enough."""

from datetime import timedelta

import pytest

from digest.core.delivery import DeliveryState
from tests.builders import NOW, an_edition
from tests.contract.entries import ONE, TUESDAY, sent, unsent

OVER = {DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SUPPRESSED}
LATER = NOW + timedelta(days=1)


@pytest.fixture
def slots(editions, ada):
    """The slots that have an edition, oldest first."""
    return lambda: [of.slot.key for of in reversed(editions.editions_of(ada.id))]


@pytest.mark.parametrize("state", DeliveryState)
def test_an_old_edition_goes_once_its_delivery_is_over(editions, ada, store, ends, state):
    editions.add_editions([sent(ada, ONE)])
    ends(state)
    gone = int(state in OVER)
    assert editions.forget(before=LATER, limit=10) == gone
    assert len(editions.editions_of(ada.id)) == len(store.ledger.counts()) == 1 - gone


def test_an_edition_that_nobody_was_told_of_goes_too(editions, ada, slots):
    editions.add_editions([unsent(ada)])
    assert editions.forget(before=LATER, limit=10) == 1
    assert slots() == []


def test_what_was_made_later_stays(editions, ada, ends, slots):
    editions.add_editions([sent(ada, ONE)])
    editions.add_editions([sent(ada, ONE, slot=TUESDAY, created_at=LATER)])
    ends(DeliveryState.SENT)
    assert editions.forget(before=NOW, limit=10) == 0
    assert editions.forget(before=LATER, limit=10) == 1
    assert slots() == [TUESDAY]


def test_the_oldest_go_first_a_few_at_a_time_past_one_that_is_held(editions, ada, ends, slots):
    editions.add_editions([sent(ada, ONE, slot="2026-11-01")])
    ends(DeliveryState.IN_DOUBT)
    days = [f"2026-11-{day:02}" for day in range(2, 7)]
    editions.add_editions([(an_edition(ada, ONE, slot=day), None) for day in days])
    assert editions.forget(before=LATER, limit=2) == 2
    assert slots() == ["2026-11-01", *days[2:]]
    assert editions.forget(before=LATER, limit=2_000) == 3
    assert editions.forget(before=LATER, limit=2) == 0
    assert slots() == ["2026-11-01"]
