"""How often a command looks for reference cycles."""

import gc

import pytest

from digest.cli.garbage import look_seldom


@pytest.fixture
def _thresholds():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("_thresholds")
def test_cycles_are_looked_for_more_seldom_than_python_does_by_itself():
    gc.set_threshold(700, 10, 10)
    look_seldom()
    assert min(gc.get_threshold()) > 10
    assert gc.get_threshold()[0] >= 10 * 700
    assert gc.isenabled()
