"""Reading an answer's body: unfolded as it comes, bounded, and never cut short unnoticed."""

import zlib
from collections.abc import Iterator
from typing import Protocol

import httpcore2

from digest.core.harvest import HarvestState
from digest.sources.trouble import FetchTrouble, PassingTrouble

_GZIP = frozenset({"gzip", "x-gzip"})  # RFC 9110, 8.4.1.3: recipients take them as the same
_GZIP_HEAD = b"\x1f\x8b"
_PIECE = 64 * 1024


class _Unfolding(Protocol):
    """One content coding, undone piece by piece."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what ``data`` unfolds to, in pieces of bounded size."""
        ...

    def finish(self) -> None:
        """Raise FetchTrouble when the coding has not come to its own end."""
        ...


async def read_body(
    response: httpcore2.Response, *, encoding: str, length: str, limit: int
) -> bytes:
    """Return the whole body, unfolded.

    Args:
        response: its stream has not been read yet.
        encoding: the Content-Encoding header, or "".
        length: the Content-Length header, or "".
        limit: the most bytes accepted, both on the wire and unfolded.

    Raises:
        FetchTrouble: it is larger than ``limit``, ends early, or cannot be unfolded.
    """
    if length.isdecimal() and int(length) > limit:
        raise _too_large(limit)
    unfolding = _unfolding(encoding.strip().lower())
    body = bytearray()
    wire = 0
    try:
        async for data in response.aiter_stream():
            wire += len(data)
            for piece in unfolding.feed(data):
                body += piece
                if max(wire, len(body)) > limit:
                    raise _too_large(limit)
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        claimed = f" of {length}" if length else ""
        detail = f"the answer ended early, after {wire}{claimed} bytes"
        raise PassingTrouble(HarvestState.TRUNCATED, detail) from error
    unfolding.finish()
    return bytes(body)


class _Plain:
    """A body that is sent as it is; HTTP's own framing tells where it ends."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def finish(self) -> None:
        return


class _Deflated:
    """gzip (RFC 1952, any number of members) or deflate (zlib's format, or raw)."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._stream: zlib._Decompress | None = None
        self._held = b""  # too little to tell what it begins
        self._complete = False  # at least one member has ended

    def feed(self, data: bytes) -> Iterator[bytes]:
        data, self._held = self._held + data, b""
        while data:
            if self._stream is None:
                if len(data) < len(_GZIP_HEAD):
                    self._held = data
                    return
                if self._complete and not data.startswith(_GZIP_HEAD):
                    return  # some servers add a line end; browsers drop it too
                self._stream = zlib.decompressobj(_window_bits(self._encoding, data))
            yield from self._inflate(self._stream, data)
            if not self._stream.eof:
                return
            data = self._stream.unused_data
            self._stream, self._complete = None, True

    def finish(self) -> None:
        if self._stream is not None or (self._held and not self._complete):
            detail = f"the {self._encoding} body ends early"
            raise PassingTrouble(HarvestState.TRUNCATED, detail)

    def _inflate(self, stream: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
        """Yield until a piece is not full: a full one may have left more in the stream."""
        piece = bytes(_PIECE)
        while len(piece) == _PIECE and not stream.eof:
            try:
                piece = stream.decompress(data, _PIECE)
            except zlib.error as error:
                detail = f"the {self._encoding} body is damaged ({error})"
                raise PassingTrouble(HarvestState.MALFORMED, detail) from error
            yield piece
            data = stream.unconsumed_tail


def _unfolding(encoding: str) -> _Unfolding:
    if encoding in {"", "identity"}:
        return _Plain()
    if encoding in _GZIP or encoding == "deflate":
        return _Deflated(encoding)
    detail = "the answer has a content coding that was not asked for; gzip and deflate are known"
    raise PassingTrouble(HarvestState.MALFORMED, detail)


def _window_bits(encoding: str, head: bytes) -> int:
    """Tell zlib what comes; "deflate" means zlib's format (RFC 1950, 2.2), yet some send raw."""
    if encoding in _GZIP:
        return zlib.MAX_WBITS | 16
    is_zlib = head[0] & 0x0F == zlib.DEFLATED and int.from_bytes(head[:2]) % 31 == 0
    return zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS


def _too_large(limit: int) -> FetchTrouble:
    return FetchTrouble(
        HarvestState.TOO_LARGE, f"the answer is larger than the {limit} bytes accepted"
    )
