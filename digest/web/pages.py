"""Pages: templates with what all of them need, and the style sheet.

Templates are looked for in ``web/`` of the configured themes folder first, then among those
that come with the program. They are an operator's, not ours: a sandbox renders them, and
whatever is printed is escaped.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jinja2 import FileSystemLoader, StrictUndefined, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from digest.config import Config
from digest.errors import ThemeError
from digest.themes import template_folder

if TYPE_CHECKING:
    from digest.web.site import Site

_FOLDER = "web"
_YEAR = "public, max-age=31536000, immutable"
_HOUR = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class ListView:
    """What every page may say of the list.

    Attributes:
        name: its name.
        byline: what stands below it.
        postal_address: where its operator is, or "".
        contact: a mail address for questions, or "".
    """

    name: str
    byline: str
    postal_address: str
    contact: str


class Pages:
    """The templates of one site.

    Attributes:
        root: what stands before every path of ours, without a slash at its end: the path of
            ``base_url``, "" when the site is at the top of its host.
        style: the text of the style sheet.
        style_version: changes with it.
    """

    def __init__(self, config: Config) -> None:
        self.root = urlsplit(config.digest.base_url or "").path
        loader = FileSystemLoader(_places(config))
        self._templates = SandboxedEnvironment(
            loader=loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.style = loader.get_source(self._templates, "style.css")[0]
        self.style_version = hashlib.sha256(self.style.encode()).hexdigest()[:12]
        self._templates.globals |= {
            "list": ListView(
                name=config.digest.name,
                byline=config.digest.byline,
                postal_address=config.digest.postal_address,
                contact=config.digest.contact or "",
            ),
            "root": self.root,
            "style": f"{self.root}/style.css?{self.style_version}",
        }

        self._check(loader)

    def render(self, name: str, context: dict[str, object]) -> str:
        """Return a page as HTML."""
        return self._templates.get_template(name).render(context)

    def _check(self, loader: FileSystemLoader) -> None:
        """Read every template once, rather than fail when a reader comes.

        Raises:
            ThemeError: one is no template.
        """
        for name in loader.list_templates():
            if name.endswith(".j2"):
                try:
                    self._templates.get_template(name)
                except TemplateSyntaxError as error:
                    where = f"{_FOLDER}/{name}:{error.lineno}"
                    raise ThemeError(f"{where}: {error.message}") from error


def page(request: Request, name: str, status: int = 200, **context: object) -> Response:
    """Return a page made from a template.

    Args:
        request: what is answered; its application knows the templates.
        name: the template's file, such as ``unsubscribe.html.j2``.
        status: of the answer.
        context: what the template prints, beside ``list``, ``root`` and ``style``.
    """
    pages: Pages = request.app.state.pages
    return HTMLResponse(pages.render(name, context), status_code=status)


def routes(_site: "Site") -> Sequence[BaseRoute]:
    """Return the route of the style sheet; pages name it with its version."""
    return [Route("/style.css", _style, methods=["GET"])]


async def _style(request: Request) -> Response:
    pages: Pages = request.app.state.pages
    is_current = request.url.query == pages.style_version
    caching = {"Cache-Control": _YEAR if is_current else _HOUR}
    return Response(pages.style, media_type="text/css", headers=caching)


def _places(config: Config) -> list[Path]:
    own = config.digest.themes_folder
    return [*([config.path(own) / _FOLDER] if own else []), template_folder() / _FOLDER]
