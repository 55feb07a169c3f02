"""Every code and state that the program gives is told once."""

import pytest

from digest import errors
from digest.cli.streams import READER_LEFT
from digest.core.delivery import DeliveryState
from digest.core.harvest import HarvestState
from digest.core.outcome import Cause
from digest.core.rank.keyword_doctor import Ailment
from digest.pipeline.why import Code
from tests.documents import page, repeated, rows, section


@pytest.mark.parametrize(
    ("name", "heading", "enum"),
    [
        ("commands.md", "Reason codes", Code),
        ("commands.md", "Causes", [cause for cause in Cause if cause]),
        ("commands.md", "Keywords that do not work", Ailment),
        ("sources.md", "What came of a harvest", HarvestState),
        ("operations.md", "Deliveries", DeliveryState),
    ],
)
def test_every_state_is_told_once(name, heading, enum):
    told = [row[0].strip("`") for row in rows(section(page(name), heading))[1:]]

    assert sorted(told) == sorted(member.value for member in enum)


def test_every_exit_code_is_told_once():
    codes = {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.DigestError)
    }
    told = [int(row[0]) for row in rows(section(page("commands.md"), "Exit codes"))[1:]]

    assert not repeated(told)
    assert set(told) == codes | {0, 130, READER_LEFT}
