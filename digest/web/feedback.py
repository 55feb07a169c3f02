"""``/feedback/{token}?more=ID``: a reader says what to have more or less of.

A mail's links name the paper and what was asked; only a button on the page records it.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from digest.core.feedback import Verdict
from digest.core.paper import Paper, PaperId
from digest.core.render.paper_view import view_paper
from digest.core.subscriber import Subscriber
from digest.core.text import clean
from digest.core.tokens import Purpose
from digest.errors import UnknownPaperError, UsageError
from digest.pipeline.feedback import give_feedback
from digest.web.bearers import Bearers
from digest.web.forms import read_form
from digest.web.pages import page
from digest.web.standing import local_day
from digest.wiring import Workspace
from digest.wiring.secret_files import key_ring

if TYPE_CHECKING:
    from digest.web.site import Site

_LEAD = 500
_MOST_AUTHORS = 100
_LABELS = {
    Verdict.MORE: "More like this",
    Verdict.FEWER: "Fewer like this",
    Verdict.SAVE: "Save it",
}
_QUESTIONS = {
    Verdict.MORE: "More papers like this one?",
    Verdict.FEWER: "Fewer papers like this one?",
    Verdict.SAVE: "Save this paper?",
}
_EFFECTS = {
    Verdict.MORE: "Noted: from your next mail on, papers like this one rise.",
    Verdict.FEWER: "Noted: from your next mail on, papers like this one sink.",
    Verdict.SAVE: "Saved: it stands in your preferences, and papers like it rise.",
    Verdict.NOT_AUTHOR: "Noted: from your next mail on, no paper by {author} comes.",
}
_SAID = {
    Verdict.MORE: "more like this",
    Verdict.FEWER: "fewer like this",
    Verdict.SAVE: "save it",
    Verdict.NOT_AUTHOR: "no more papers by {author}",
}


class Choice(NamedTuple):
    """One button.

    Attributes:
        verdict: what it says.
        label: what stands on it.
        is_asked: True for the one that the link in the mail was about, while nothing was said.
    """

    verdict: Verdict
    label: str
    is_asked: bool


class _Asked(NamedTuple):
    """What an address is about."""

    reader: Subscriber
    verdict: Verdict
    paper: Paper


def routes(site: "Site") -> Sequence[BaseRoute]:
    """Return the route."""
    workspace = site.workspace
    bearers = Bearers(workspace, key_ring(workspace.config))

    def asked(request: Request) -> _Asked:
        reader = bearers.reader(request, Purpose.FEEDBACK)
        for verdict in _LABELS:
            with suppress(ValueError):
                number = PaperId.parse(request.query_params.get(verdict, ""))
                found = workspace.store.papers.papers([number]).get(number)
                if found is not None:
                    return _Asked(reader, verdict, found)
        raise HTTPException(404)

    def show(request: Request) -> Response:
        return _page(request, asked(request), workspace)

    def take(request: Request, form: dict[str, str]) -> Response:
        about = asked(request)
        return _page(request, about, workspace, said=_record(about, form, workspace))

    async def answer(request: Request) -> Response:
        if request.method != "POST":
            return await asyncio.to_thread(show, request)
        return await asyncio.to_thread(take, request, await read_form(request))

    return [Route("/feedback/{token}", answer, methods=["GET", "POST"])]


def _record(about: _Asked, form: dict[str, str], workspace: Workspace) -> str:
    """Record what was said, and return how it changes the ranking."""
    try:
        verdict = Verdict(form.get("verdict", ""))
        give_feedback(
            workspace.store,
            about.reader,
            about.paper.id,
            verdict,
            workspace.clock(),
            author=form.get("author", ""),
        )
    except UnknownPaperError:
        raise HTTPException(404) from None
    except (ValueError, UsageError):
        raise HTTPException(400) from None
    unwanted = form.get("author") or next(iter(about.paper.authors), "")
    return _EFFECTS[verdict].format(author=unwanted)


def _page(request: Request, about: _Asked, workspace: Workspace, said: str = "") -> Response:
    return page(
        request,
        "feedback.html.j2",
        headline="Thank you" if said else _QUESTIONS[about.verdict],
        paper=view_paper(about.paper, _LEAD, workspace.clock().year),
        choices=[
            Choice(each, _LABELS[each], each is about.verdict and not said)
            for each in _order(about)
        ],
        authors=[*dict.fromkeys(about.paper.authors)][:_MOST_AUTHORS],
        said=said,
        before="" if said else _said_before(about, workspace),
    )


def _said_before(about: _Asked, workspace: Workspace) -> str:
    """Return what stands of a paper, in a sentence, or ""."""
    reader = about.reader
    standing = workspace.store.feedback.standing([reader.id])[reader.id]
    for told in standing:
        if told.paper == about.paper.id:
            day = local_day(reader, told.at, workspace.clock())
            return f"You said: {_SAID[told.verdict].format(author=clean(told.author))}, on {day}."
    return ""


def _order(about: _Asked) -> list[Verdict]:
    """Return the verdicts with buttons, what was asked first."""
    return sorted(_LABELS, key=lambda verdict: verdict is not about.verdict)
