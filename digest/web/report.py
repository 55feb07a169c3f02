"""``GET /report`` and ``GET /metrics``: the operator's pages, not for everybody."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from digest.pipeline.report import make_report, take_state
from digest.pipeline.report_facts import State
from digest.web.client import address_of, is_from_this_machine
from digest.web.gate import Gate
from digest.web.kept import Kept
from digest.web.metrics import exposition
from digest.web.pages import Pages, page
from digest.web.report_view import ReportView, view_report
from digest.wiring import Workspace
from digest.wiring.report import report_stores
from digest.wiring.secret_files import report_password

if TYPE_CHECKING:
    from digest.web.site import Site

TEMPLATE = "report.html.j2"
_FRESH, _METRICS_FRESH = 60.0, 15.0  # seconds
_Answer = Callable[[Request], Awaitable[Response]]
_Check = Callable[[Request], None]


def routes(site: "Site") -> Sequence[BaseRoute]:
    """Return the routes; see ``[web.report]``.

    Without a password there is no report, and the metrics are there for this machine alone.

    Raises:
        ConfigError: the password cannot be read, or is too short.
    """
    workspace = site.workspace
    header = workspace.config.web.trusted_proxy_header
    reports: Kept[ReportView] = Kept(seconds=_FRESH, most=1)
    states: Kept[State] = Kept(seconds=_METRICS_FRESH, most=1)

    async def report(request: Request) -> Response:
        made = await reports.get("report", lambda: read_report(workspace))
        return page(request, TEMPLATE, report=made, whole_style="")

    async def measure(request: Request) -> Response:
        state = await states.get(
            "state", lambda: take_state(report_stores(workspace), now=workspace.clock())
        )
        text, media_type = exposition(state, request.headers.get("Accept", ""))
        return Response(text, media_type=media_type)

    def if_allowed(check: _Check, answer: _Answer) -> _Answer:
        async def ask(request: Request) -> Response:
            check(request)
            return await answer(request)

        return ask

    def check_nearness(request: Request) -> None:
        if not is_from_this_machine(request, header):
            raise HTTPException(404)

    password = report_password(workspace.config)
    if not password:
        return [Route("/metrics", if_allowed(check_nearness, measure), methods=["GET"])]
    gate = Gate(password)

    def check_password(request: Request) -> None:
        gate.check(request.headers.get("Authorization"), address_of(request, header))

    return [
        Route("/report", if_allowed(check_password, report), methods=["GET"]),
        Route("/metrics", if_allowed(check_password, measure), methods=["GET"]),
    ]


def read_report(workspace: Workspace) -> ReportView:
    """Return the report as the page shows it; asks the database."""
    return view_report(make_report(report_stores(workspace), now=workspace.clock()))


def report_file(workspace: Workspace) -> str:
    """Return the report as one HTML document that needs no other file; asks the database."""
    pages = Pages(workspace.config)
    style = Markup(pages.style)  # noqa: S704 - the operator's own
    return pages.render(TEMPLATE, {"report": read_report(workspace), "whole_style": style})
