"""``/``, ``/papers`` and ``/archive``: the public lists, which hold no reader's address."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from digest.core.paper import PaperId
from digest.core.render.words import long_date
from digest.core.schedule import Slot
from digest.pipeline.days import is_listed
from digest.web.catalogue import Catalogue
from digest.web.listing import (
    ListingView,
    day_link,
    fill,
    find,
    named_paper,
    read_query,
    show_named,
    view_day_head,
    view_front,
)
from digest.web.pages import Pages
from digest.web.sign_up_form import FormView, usual_form

if TYPE_CHECKING:
    from digest.web.site import Site

_FRONT, _ARCHIVED = 25, 25
_ARCHIVE_DAYS = 400
_CACHING = {"Cache-Control": "public, max-age=15"}


def routes(site: "Site") -> Sequence[BaseRoute]:
    """Return the routes of the lists."""
    shelf = _Shelf(usual_form(site.workspace.config))
    return [
        Route("/", shelf.front, methods=["GET"]),
        Route("/papers", shelf.papers, methods=["GET"]),
        Route("/archive", shelf.archive, methods=["GET"]),
        Route("/archive/{day}", shelf.archived, methods=["GET"]),
    ]


class _Shelf:
    def __init__(self, form: FormView | None) -> None:
        self._form = form

    async def front(self, request: Request) -> Response:
        """Show what is hot, and the form that subscribes."""
        catalogue, pages = _of(request)

        def make() -> bytes:
            counts = catalogue.days()
            day = max(counts, default=catalogue.today())
            papers = catalogue.front(day)
            new = catalogue.seen_on(papers, day)
            listing = view_front(papers, day, counts, new=new, limit=_FRONT)
            return _html(pages, "front.html.j2", listing=listing, form=self._form)

        return _kept(await catalogue.pages.get("front", make))

    async def papers(self, request: Request) -> Response:
        """Show the papers of a day, or what a search finds there or among all recent ones."""
        catalogue, pages = _of(request)
        query = " ".join(request.query_params.get("q", "").split())
        asked = request.query_params.get("date", "").strip()
        day = _day(asked, catalogue.today()) if asked or not query else None
        if day is None and asked:
            return _wrong(pages, await _no_such_day(catalogue, asked))
        if named := named_paper(query):
            return await self._named(request, named, query)
        try:
            wanted = read_query(query) if query else None
        except ValueError as error:
            return _wrong(pages, str(error), query=query[:300])
        papers = await (catalogue.day(day) if day else catalogue.recent())

        def make() -> bytes:
            this_year = catalogue.today().year
            head = ListingView(headline="Recent papers")
            if day:
                head = view_day_head(day, catalogue.days(), this_year=this_year)
            if wanted:
                listing = find(head, papers, wanted, query=query, year=this_year)
            else:
                listing = fill(head, papers, year=this_year)
            return _html(pages, "papers.html.j2", listing=listing)

        return _kept(await catalogue.pages.get(("papers", day, query), make))

    async def _named(self, request: Request, named: PaperId, query: str) -> Response:
        """Show the one paper that a search names, whenever it came."""
        catalogue, pages = _of(request)

        def make() -> bytes:
            paper, year = catalogue.paper(named), catalogue.today().year
            listing = show_named(paper, query=query, year=year)
            return _html(pages, "papers.html.j2", listing=listing)

        return _kept(await catalogue.pages.get(("named", query), make))

    async def archive(self, request: Request) -> Response:
        """Show the days that have a list."""
        catalogue, pages = _of(request)

        def make() -> bytes:
            counts, year = catalogue.days(), catalogue.today().year
            days = sorted(counts, reverse=True)[:_ARCHIVE_DAYS]
            months = [
                (long_date(Slot.parse(month)), [day_link(day, counts, year) for day in of_month])
                for month, of_month in groupby(days, lambda day: f"{day:%Y-%m}")
            ]
            return _html(pages, "archive.html.j2", months=months)

        return _kept(await catalogue.pages.get("archive", make))

    async def archived(self, request: Request) -> Response:
        """Show what was hot among the papers of a day."""
        catalogue, pages = _of(request)
        asked = request.path_params["day"]
        day = _day(asked, catalogue.today())
        if day is None:
            return _wrong(pages, await _no_such_day(catalogue, asked), 404)
        papers = await catalogue.day(day)

        def make() -> bytes:
            this_year = catalogue.today().year
            head = view_day_head(day, catalogue.days(), this_year=this_year)
            listing = fill(head, papers, year=this_year, limit=_ARCHIVED)
            return _html(pages, "archived.html.j2", listing=listing)

        return _kept(await catalogue.pages.get(("archive", day), make))


def _of(request: Request) -> tuple[Catalogue, Pages]:
    return request.app.state.catalogue, request.app.state.pages


def _day(asked: str, today: date) -> date | None:
    """Return the day that is asked for, today when none is; None for what is no day."""
    if not asked:
        return today
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return None
    return day if is_listed(day, today=today) else None


async def _no_such_day(catalogue: Catalogue, asked: str) -> str:
    """Say that a day has no list, and which ones have."""
    last = ", ".join(day.isoformat() for day in await catalogue.last_days())
    have = f"the last days with papers: {last}" if last else "no papers have come in yet"
    return f"There is no list of {asked[:40]!r}; {have}."


def _html(pages: Pages, name: str, **context: object) -> bytes:
    return pages.render(name, context).encode("utf-8", "replace")


def _kept(body: bytes) -> Response:
    return HTMLResponse(body, headers=_CACHING)


def _wrong(pages: Pages, sentence: str, status: int = 400, *, query: str = "") -> Response:
    listing = ListingView(headline="Papers", wrong=sentence, query=query)
    return HTMLResponse(_html(pages, "papers.html.j2", listing=listing), status_code=status)
