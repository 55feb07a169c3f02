"""Headers of every answer: nothing is guessed, framed, loaded, kept or told to others.

``Referrer-Policy`` is ``same-origin``, not ``no-referrer``: with the latter browsers send
``Origin: null`` with our own forms too (Fetch, "append a request Origin header"), and nobody
could tell them from a stranger's. Either way no other site learns an address with a token.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_PRIVATE = (
    "/unsubscribe/", "/preferences/", "/feedback/", "/confirm/", "/editions/",
    "/report", "/metrics",
)  # fmt: skip
"""Paths that a token follows, or a password opens: in no cache and in no search engine."""
_UNLISTED = (*_PRIVATE, "/feed/")
"""A feed reader may keep its feed, which says so itself."""


class PlainHeaders:
    """Sets each of them unless a page set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and complete the headers of its answer."""

        async def finish(message: Message) -> None:
            if message["type"] == "http.response.start":
                complete(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, finish)


def complete(headers: MutableHeaders, path: str) -> None:
    """Add what an answer lacks."""
    if path.startswith(_PRIVATE):
        headers["Cache-Control"] = "no-store"
    if path.startswith(_UNLISTED):
        headers["X-Robots-Tag"] = "noindex, nofollow"
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
