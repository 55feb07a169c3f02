"""Where a guarded connection goes once a name is resolved."""

import asyncio
from collections.abc import Sequence

import httpcore2
import pytest

from digest.sources.guard import GuardedBackend, resolve_host
from digest.sources.trouble import FetchTrouble


class Network(httpcore2.AsyncNetworkBackend):
    """Notes where it was asked to connect; addresses in ``dead`` refuse."""

    def __init__(self, dead: Sequence[str] = ()) -> None:
        self.dead = dead
        self.tried: list[str] = []
        self.shares: list[float | None] = []

    async def connect_tcp(self, host, *settings):
        _port, share, *_ = settings
        self.tried.append(host)
        self.shares.append(share)
        if host in self.dead:
            raise httpcore2.ConnectError(f"{host} refused")
        return httpcore2.AsyncMockStream([])


def resolving_to(*answers: Sequence[str]):
    """Return a resolver that gives one answer after the other, and then the last for ever."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


async def test_name_is_resolved_once_and_the_judged_address_is_connected_to():
    network = Network()
    rebinding = resolving_to(["8.8.8.8"], ["127.0.0.1"])
    backend = GuardedBackend(allow_private=False, resolve=rebinding, network=network)
    await backend.connect_tcp("rebind.example", 80, timeout=1.0)
    with pytest.raises(FetchTrouble, match=r"leads to 127\.0\.0\.1"):
        await backend.connect_tcp("rebind.example", 80, timeout=1.0)
    assert network.tried == ["8.8.8.8"]


async def test_private_one_among_public_addresses_is_passed_over():
    network = Network(dead=["8.8.8.8", "8.8.4.4"])
    mixed = resolving_to(["127.0.0.1", "8.8.8.8", "169.254.169.254", "8.8.4.4"])
    backend = GuardedBackend(allow_private=False, resolve=mixed, network=network)
    with pytest.raises(httpcore2.ConnectError, match=r"8\.8\.4\.4 refused"):
        await backend.connect_tcp("mixed.example", 80)
    assert network.tried == ["8.8.8.8", "8.8.4.4"]


async def test_families_take_turns_and_share_the_time():
    six = [f"2606:4700::{n}" for n in range(1, 6)]
    network = Network(dead=six)
    resolve = resolving_to([*six, "8.8.8.8"])
    backend = GuardedBackend(allow_private=False, resolve=resolve, network=network)
    await backend.connect_tcp("dual.example", 443, timeout=8.0)
    assert network.tried == [six[0], "8.8.8.8"]
    assert network.shares == [2.0, 2.0]


async def test_blocked_name_says_how_to_permit_it():
    backend = GuardedBackend(allow_private=False, resolve=resolving_to(["10.0.0.1"]))
    with pytest.raises(FetchTrouble, match="allow_private = true permits"):
        await backend.connect_tcp("intra.example", 80)


async def test_metadata_address_is_blocked_in_private_without_false_hope():
    backend = GuardedBackend(allow_private=True, resolve=resolving_to(["169.254.169.254"]))
    with pytest.raises(FetchTrouble, match=r"not a public address$"):
        await backend.connect_tcp("metadata.example", 80)


async def test_blocked_literal_is_named_once():
    backend = GuardedBackend(allow_private=False, resolve=resolving_to(["10.0.0.1"]))
    with pytest.raises(FetchTrouble, match=r"^10\.0\.0\.1 is not a public address"):
        await backend.connect_tcp("10.0.0.1", 80)


async def test_name_without_addresses_cannot_be_connected_to():
    backend = GuardedBackend(allow_private=False, resolve=resolving_to([]))
    with pytest.raises(httpcore2.ConnectError, match="no address"):
        await backend.connect_tcp("void.example", 80, timeout=1.0)


async def test_failing_resolver_is_a_failed_connection():
    async def resolve(_host, _port):
        raise OSError("Temporary failure in name resolution")

    with pytest.raises(httpcore2.ConnectError, match="Temporary failure"):
        await GuardedBackend(allow_private=False, resolve=resolve).connect_tcp("x.example", 80)


async def test_silent_resolver_is_a_timeout():
    async def resolve(_host, _port):
        await asyncio.sleep(60)
        return []

    backend = GuardedBackend(allow_private=False, resolve=resolve)
    with pytest.raises(httpcore2.ConnectTimeout):
        await backend.connect_tcp("x.example", 80, timeout=0.01)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.1"])
async def test_every_spelling_of_loopback_resolves_to_loopback(host):
    assert set(await resolve_host(host, 80)) == {"127.0.0.1"}


@pytest.mark.parametrize("host", ["a..b", f"{'a' * 64}.example"])
async def test_impossible_host_name_is_blocked(host):
    with pytest.raises(FetchTrouble, match="no valid host name"):
        await resolve_host(host, 80)
