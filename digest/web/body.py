"""Read the body of a request: not without end, and not for ever."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

_SECONDS = 20.0
_DIGITS = 20  # as many as the server lets through


async def read_body(request: Request, *, limit: int) -> bytes:
    """Return a body of at most ``limit`` bytes.

    Raises:
        HTTPException: it is longer (413), too slow (408), or breaks off (400).
    """
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or len(declared) > _DIGITS or int(declared) > limit:
        raise HTTPException(413, "the body is too long")
    parts, size = [], 0
    try:
        async with asyncio.timeout(_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise HTTPException(413, "the body is too long")
                parts.append(chunk)
    except TimeoutError:
        raise HTTPException(408, "the body came too slowly") from None
    except ClientDisconnect:
        raise HTTPException(400, "the body broke off") from None
    return b"".join(parts)
