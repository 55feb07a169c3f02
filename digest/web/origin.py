"""Whether a form that is posted stands on one of our own pages.

A browser says where a POST comes from (``Sec-Fetch-Site``, ``Origin``), and other sites
cannot make it lie. Whatever sends neither is no browser, and needs its token all the same.
"""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from digest.web.failures import failure

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_ONE_CLICK = "/unsubscribe/"
_OURS = frozenset({"same-origin", "none"})  # "none" is a person, not a page


class OwnForms:
    """Refuses what another site posts, but for the unsubscribe.

    That one is posted by mail programs and on their pages (RFC 8058, 3.2); the part looks
    itself at what is no unsubscribe.
    """

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 403."""
        if scope["type"] == "http":
            request = Request(scope)
            free = request.method in _READING or request.url.path.startswith(_ONE_CLICK)
            if not free and is_foreign(request, self._base_url):
                await failure(request, 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def is_foreign(request: Request, base_url: str) -> bool:
    """Tell whether another site made the browser send this request.

    Args:
        request: what came.
        base_url: where readers see the site, "" when that is not known.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in _OURS
    origin = request.headers.get("origin")
    if origin is None:
        return False
    known = urlsplit(base_url)
    hosts = {request.headers.get("host", "")} | ({known.netloc} if base_url else set())
    return _host_in(origin) not in hosts - {""}


def _host_in(origin: str) -> str:
    """Return host and port of an origin, "" when it names none that could be ours."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
