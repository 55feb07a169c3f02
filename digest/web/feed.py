"""``/feed.xml``: the list of the front page, for feed readers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from digest.web.atom import FeedEntry, FeedHead, atom

if TYPE_CHECKING:
    from digest.web.catalogue import Catalogue
    from digest.web.site import Site

_MOST = 50
_CACHING = {"Cache-Control": "public, max-age=300"}


def routes(site: "Site") -> Sequence[BaseRoute]:
    """Return the route of the feed."""
    workspace = site.workspace

    async def feed(request: Request) -> Response:
        catalogue: Catalogue = request.app.state.catalogue
        head = _head(site, str(request.base_url).rstrip("/"))

        def make() -> bytes:
            day = max(catalogue.days(), default=catalogue.today())
            papers = catalogue.front(day)
            entries = [
                FeedEntry(paper=match.paper, seen_at=papers.first_seen[match.paper.id])
                for match in papers.hottest[:_MOST]
            ]
            return atom(head, entries, now=workspace.clock())

        body = await catalogue.pages.get(("feed", head.url), make)
        return Response(body, media_type="application/atom+xml", headers=_CACHING)

    return [Route("/feed.xml", feed, methods=["GET"])]


def _head(site: "Site", asked_at: str) -> FeedHead:
    """Say what the feed is; without ``base_url`` it is where it was asked for."""
    usual = site.workspace.config.digest
    base = usual.base_url or asked_at
    return FeedHead(
        title=usual.name,
        subtitle=usual.byline,
        base=base,
        path="/feed.xml",
    )
