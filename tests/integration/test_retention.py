"""Editions are kept for as long as the configuration says, and never deleted in a rehearsal."""

from datetime import UTC, datetime, timedelta

import pytest

from digest.wiring import open_workspace
from digest.wiring.retention import tidy
from tests.builders import a_subscriber, an_edition

AGES = (400, 91, 89, 31, 29, 0)  # days
DAY = timedelta(days=1)
TODAY = datetime.now(UTC)
CONFIG = """
[digest]
max_age = "{max_age}"
[store]
keep_editions = "{kept}"
"""


@pytest.fixture
def left(tmp_path):
    """Tidy up a store with editions of those ages, and tell the ages of those that are left."""

    def after(*, kept="90d", max_age="30d", now=None):
        file = tmp_path / "config.toml"
        file.write_text(CONFIG.format(kept=kept, max_age=max_age))
        with open_workspace(file, now=now) as workspace:
            store = workspace.store
            reader = store.subscribers.add(a_subscriber(), now=TODAY)
            for age in AGES:
                made = TODAY - age * DAY
                edition = an_edition(reader, slot=made.date().isoformat(), created_at=made)
                store.editions.add_editions([(edition, None)])
            forgotten = tidy(workspace)
            ages = [(TODAY - of.created_at).days for of in store.editions.editions_of(reader.id)]
        assert forgotten == len(AGES) - len(ages)
        return tuple(reversed(ages))

    return after


def test_editions_are_kept_for_ninety_days(left):
    assert left() == (89, 31, 29, 0)


def test_what_may_still_be_news_is_kept(left):
    assert left(kept="1d", max_age="30d") == (29, 0)


def test_editions_can_be_kept_for_ever(left):
    assert left(kept="0d") == AGES


def test_a_rehearsal_in_the_future_deletes_nothing_that_is_not_old_today(left):
    assert left(now=TODAY + 1000 * DAY) == (89, 31, 29, 0)


def test_a_rehearsal_in_the_past_deletes_what_was_old_then(left):
    assert left(now=TODAY - 300 * DAY) == (91, 89, 31, 29, 0)
