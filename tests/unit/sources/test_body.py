"""Bodies: whole, unfolded and bounded, however the bytes are cut."""

import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import httpcore2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.harvest import HarvestState
from digest.sources.body import read_body
from digest.sources.trouble import FetchTrouble, PassingTrouble

TEXT = b"<feed>" + b"a paper, and another paper; " * 40 + b"</feed>"


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


FOLDED = {
    "": TEXT,
    "identity": TEXT,
    "gzip": gzip.compress(TEXT),
    "X-GZIP": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
}


async def read(
    pieces: Sequence[bytes],
    *,
    encoding: str = "",
    length: str = "",
    limit: int = 100_000,
    then: Exception | None = None,
) -> bytes:
    async def stream() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece
        if then is not None:
            raise then

    response = httpcore2.Response(200, content=stream())
    return await read_body(response, encoding=encoding, length=length, limit=limit)


@pytest.mark.parametrize("encoding", FOLDED)
async def test_every_coding_is_undone(encoding):
    assert await read([FOLDED[encoding]], encoding=encoding) == TEXT


async def test_deflate_without_its_wrapper_is_undone_too():
    assert await read([raw_deflate(TEXT)], encoding="deflate") == TEXT


@given(coding=st.sampled_from(["gzip", "deflate", "raw"]), cuts=st.sets(st.integers(1, 60)))
async def test_cuts_between_pieces_do_not_matter(coding, cuts):
    sent = raw_deflate(TEXT) if coding == "raw" else FOLDED[coding]
    edges = [0, *sorted(cuts), len(sent)]
    pieces = [sent[a:b] for a, b in pairwise(edges)]
    encoding = "deflate" if coding == "raw" else coding
    assert await read(pieces, encoding=encoding) == TEXT


@given(cut=st.integers(1, 200))
async def test_members_of_gzip_are_joined(cut):
    sent = gzip.compress(TEXT[:50]) + gzip.compress(TEXT[50:])
    assert await read([sent[:cut], sent[cut:]], encoding="gzip") == TEXT


@pytest.mark.parametrize("trail", [b"\r\n", b"\n", b"\0" * 9])
async def test_bytes_that_trail_a_whole_member_are_dropped(trail):
    assert await read([FOLDED["gzip"] + trail], encoding="gzip") == TEXT
    assert await read([FOLDED["gzip"], trail], encoding="gzip") == TEXT


PIECES = st.lists(st.sampled_from([0, 1, 65_535, 65_536, 65_537, 131_072]), max_size=6)


@given(lengths=PIECES, tail=st.binary())
async def test_members_that_fill_whole_pieces_come_once(lengths, tail):
    members = [*map(bytes, lengths), tail]
    sent = b"".join(map(gzip.compress, members))
    assert await read([sent], encoding="gzip", limit=2**20) == b"".join(members)


@given(length=st.sampled_from([65_535, 65_536, 65_537, 131_072]), tail=st.binary())
async def test_deflated_bodies_larger_than_a_piece_come_whole(length, tail):
    body = bytes(length) + tail
    assert await read([zlib.compress(body)], encoding="deflate", limit=2**20) == body


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_no_bytes_at_all_are_an_empty_body(encoding):
    assert await read([], encoding=encoding) == b""


@given(keep=st.integers(1, len(FOLDED["gzip"]) - 1))
async def test_gzip_that_ends_early_is_truncated(keep):
    with pytest.raises(PassingTrouble, match="gzip body ends early") as caught:
        await read([FOLDED["gzip"][:keep]], encoding="gzip")
    assert caught.value.state is HarvestState.TRUNCATED


async def test_second_member_that_ends_early_is_truncated():
    with pytest.raises(PassingTrouble, match="ends early"):
        await read([FOLDED["gzip"] + FOLDED["gzip"][:20]], encoding="gzip")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_damaged_coding_is_malformed(encoding):
    with pytest.raises(PassingTrouble, match="damaged") as caught:
        await read([b"\xff\xff not compressed at all"], encoding=encoding)
    assert caught.value.state is HarvestState.MALFORMED


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "\x1b[31m"])
async def test_coding_that_was_not_asked_for_is_malformed(encoding):
    with pytest.raises(PassingTrouble, match="not asked for") as caught:
        await read([TEXT], encoding=encoding)
    assert caught.value.state is HarvestState.MALFORMED
    assert "\x1b" not in caught.value.detail


@pytest.mark.parametrize("encoding", FOLDED)
async def test_limit_itself_is_allowed_and_one_byte_less_is_not(encoding):
    sent = FOLDED[encoding]
    assert await read([sent], encoding=encoding, limit=len(TEXT)) == TEXT
    with pytest.raises(FetchTrouble) as caught:
        await read([sent], encoding=encoding, limit=len(TEXT) - 1)
    assert caught.value.state is HarvestState.TOO_LARGE
    assert not isinstance(caught.value, PassingTrouble)


async def test_claimed_length_is_refused_before_a_byte_is_read():
    with pytest.raises(FetchTrouble, match="larger than the 100 bytes") as caught:
        await read([], length="10000000000", limit=100, then=AssertionError())
    assert caught.value.state is HarvestState.TOO_LARGE


async def test_wire_is_bounded_where_nothing_unfolds():
    empty = gzip.compress(b"")
    with pytest.raises(FetchTrouble) as caught:
        await read([empty * 10] * 10, encoding="gzip", limit=500)
    assert caught.value.state is HarvestState.TOO_LARGE


@pytest.mark.parametrize(
    "bomb",
    [gzip.compress(bytes(32 * 2**20)), gzip.compress(bytes(2**20)) * 32],
    ids=["one member", "many members"],
)
async def test_bomb_stops_at_the_limit_and_takes_little_memory(bomb):
    tracemalloc.start()
    with pytest.raises(FetchTrouble) as caught:
        await read([bomb], encoding="gzip", limit=2**20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.state is HarvestState.TOO_LARGE
    assert peak < 3 * 2**20


@pytest.mark.parametrize(
    "broken", [httpcore2.RemoteProtocolError("peer closed"), httpcore2.ReadError("reset")]
)
async def test_broken_stream_is_truncated(broken):
    with pytest.raises(PassingTrouble, match="after 1128 of 5000 bytes") as caught:
        await read([TEXT[:1128]], length="5000", then=broken)
    assert caught.value.state is HarvestState.TRUNCATED
