"""The wire: replies in their time, whatever the event loop's timers are."""

import asyncio
from types import SimpleNamespace

import pytest

from digest.transports.wire import LineBrokenError, Wire


class AlmostThere:
    """The running loop, whose timers are due at once and do not say when they ring.

    Such is uvloop's when less than half a millisecond is left.
    """

    def __init__(self):
        self._loop = asyncio.get_running_loop()
        self.time, self.create_future = self._loop.time, self._loop.create_future

    def call_at(self, _when, call, *values):
        return self._loop.call_soon(call, *values)


async def test_a_timer_that_rings_too_early_and_says_no_time_changes_nothing():
    wire = Wire(SimpleNamespace(set_protocol=lambda _protocol: None), asyncio.Protocol())
    wire._loop = AlmostThere()
    heard = asyncio.ensure_future(wire.reply(60))
    await asyncio.sleep(0.01)
    wire.data_received(b"250 ok\r\n")
    assert (await heard).code == 250
    with pytest.raises(LineBrokenError, match=r"no reply within 0\.02 s"):
        await wire.reply(0.02)
    wire.let_go()
