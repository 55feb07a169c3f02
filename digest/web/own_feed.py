"""``/feed/TOKEN``: what a reader's mails hold, for feed readers.

The address is a secret. It opens nothing but the feed, and is good until its reader makes
a new one.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from digest.core.edition import Edition, Match
from digest.core.paper import PaperId
from digest.core.render.reason_view import ReasonView, view_reason, view_reasons
from digest.core.subscriber import Subscriber
from digest.core.tokens import KeyRing, Purpose, sign
from digest.web.atom import FeedEntry, FeedHead, atom
from digest.web.bearers import Bearers
from digest.wiring import Workspace
from digest.wiring.secret_files import key_ring

if TYPE_CHECKING:
    from digest.web.site import Site

_EDITIONS = 10
_KEPT = {"Cache-Control": "private, max-age=900", "Referrer-Policy": "no-referrer"}
_WORDS = {
    "author": "you follow {text}",
    "liked": "like {text}, which you liked",
    "saved": "like {text}, which you saved",
    "library": "like {text}, which is in your library",
    "text": "close to {text}",
    "meaning": "close in meaning to {text}",
    "outsider": "outside your interests, but {detail}",
}


def routes(site: "Site") -> Sequence[BaseRoute]:
    """Return the route."""
    workspace = site.workspace
    keys = key_ring(workspace.config)
    bearers = Bearers(workspace, keys)

    def show(request: Request) -> Response:
        reader = bearers.reader(request, Purpose.FEED)
        number = bearers.claims(request, Purpose.FEED).payload
        if number != str(workspace.store.feeds.number(reader.id)):
            raise HTTPException(404)
        editions = workspace.store.editions.editions_of(reader.id, limit=_EDITIONS)
        changed = _changed(reader, editions, workspace.clock())
        head = _head(workspace, _base(request, workspace), request.path_params["token"])
        body = atom(head, [*_entries(editions)], now=changed)
        return _answer(request, body, changed)

    async def feed(request: Request) -> Response:
        return await asyncio.to_thread(show, request)

    return [Route("/feed/{token}", feed, methods=["GET"])]


def feed_address(request: Request, reader: Subscriber, workspace: Workspace, keys: KeyRing) -> str:
    """Return where a reader's own feed is now."""
    number = workspace.store.feeds.number(reader.id)
    now = workspace.clock()
    token = sign(Purpose.FEED, reader.id, keys=keys, now=now, payload=str(number))
    return f"{_base(request, workspace)}/feed/{token}"


def _base(request: Request, workspace: Workspace) -> str:
    return workspace.config.digest.base_url or str(request.base_url).rstrip("/")


def _changed(reader: Subscriber, editions: Sequence[Edition], now: datetime) -> datetime:
    """Return when the feed last had something new."""
    made = (edition.created_at for edition in editions if edition.picks)
    return next(made, reader.created_at or now)


def _head(workspace: Workspace, base: str, token: str) -> FeedHead:
    usual = workspace.config.digest
    return FeedHead(
        title=f"{usual.name}, for you",
        subtitle=usual.byline,
        base=base,
        path=f"/feed/{token}",
    )


def _entries(editions: Iterable[Edition]) -> Iterable[FeedEntry]:
    """Yield each paper once, the newest edition's first; one of a lost mail comes twice."""
    told: set[PaperId] = set()
    for edition in editions:
        for match in edition.picks:
            if match.paper.id not in told:
                told.add(match.paper.id)
                yield FeedEntry(paper=match.paper, seen_at=edition.created_at, why=_why(match))


def _why(match: Match) -> str:
    return "; ".join(map(_named, view_reasons(match.reasons, view_reason)))


def _named(reason: ReasonView) -> str:
    usual = "{text} ({detail})" if reason.detail else "{text}"
    return _WORDS.get(reason.kind, usual).format(text=reason.text, detail=reason.detail)


def _answer(request: Request, body: bytes, changed: datetime) -> Response:
    """Return the feed, or 304 to whoever has it (RFC 9110, 13.2.2)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = _KEPT | {
        "ETag": tag,
        "Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True),
    }
    if _has_it(request, tag, changed):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/atom+xml", headers=headers)


def _has_it(request: Request, tag: str, changed: datetime) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = {each.strip().removeprefix("W/") for each in tags.split(",")}
        return bool(known & {tag, "*"})
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except (ValueError, OverflowError):
        return False
    return since.tzinfo is not None and changed.replace(microsecond=0) <= since
