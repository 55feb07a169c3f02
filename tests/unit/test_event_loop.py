"""Deliveries run in the quickest event loop that there is."""

import asyncio
import sys
from types import SimpleNamespace

from digest.wiring.event_loop import quickest_loop, run_quickly


class Quick(asyncio.SelectorEventLoop):
    """Stands for uvloop's."""


async def _running():
    return asyncio.get_running_loop()


def test_deliveries_run_in_the_loop_of_uvloop_where_it_is_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "uvloop", SimpleNamespace(new_event_loop=Quick))
    assert isinstance(run_quickly(_running()), Quick)


def test_deliveries_run_in_the_usual_loop_where_it_is_not(monkeypatch):
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert quickest_loop() is asyncio.new_event_loop
    assert run_quickly(_running()).is_closed()
