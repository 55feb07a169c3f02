"""These tests run in both event loops that mails may be carried in."""

import asyncio

import pytest

from digest.wiring.event_loop import quickest_loop
from tests.smtp_server import Behaviour


def pytest_asyncio_loop_factories(config, item):  # noqa: ARG001 - pytest-asyncio's signature
    return {"asyncio": asyncio.new_event_loop, "quickest": quickest_loop()}


@pytest.fixture(params=[True, False], ids=["pipelining", "one by one"])
def behaviour(request):
    """Return what makes a server's behaviour: one that takes groups, and one that does not."""
    return lambda **fields: Behaviour(pipelining=request.param, **fields)
