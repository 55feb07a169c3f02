"""These tests run in both event loops that mails may be carried in."""

import asyncio

from digest.wiring.event_loop import quickest_loop


def pytest_asyncio_loop_factories(config, item):  # noqa: ARG001 - pytest-asyncio's signature
    return {"asyncio": asyncio.new_event_loop, "quickest": quickest_loop()}
