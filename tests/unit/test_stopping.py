"""Which signals stop a long command."""

import signal

import pytest

from digest.wiring.stopping import stop_signals


@pytest.fixture
def hangup():
    before = signal.getsignal(signal.SIGHUP)
    yield lambda handler: signal.signal(signal.SIGHUP, handler)
    signal.signal(signal.SIGHUP, before)


def test_a_terminal_that_closes_stops_as_sigterm_and_ctrl_c_do(hangup):
    hangup(signal.SIG_DFL)
    assert set(stop_signals()) == {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}


def test_what_nohup_started_outlives_its_terminal(hangup):
    hangup(signal.SIG_IGN)
    assert signal.SIGHUP not in stop_signals()
