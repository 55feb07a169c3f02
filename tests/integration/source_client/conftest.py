"""An upstream, and a client to ask it with."""

from collections.abc import AsyncIterator

import pytest

from tests.upstream import Harness, Upstream, serving


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    upstream = Upstream()
    async with serving(upstream):
        yield upstream


@pytest.fixture
async def harness(tmp_path) -> AsyncIterator[Harness]:
    harness = Harness(tmp_path / "pace")
    yield harness
    for client in harness.opened:
        await client.close()
