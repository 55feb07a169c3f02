"""The templates of a theme, ready to render."""

from collections.abc import Mapping
from typing import Any

from jinja2 import (
    DictLoader,
    Environment,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    select_autoescape,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from digest.core.render.author_view import AuthorsView, AuthorView
from digest.core.render.feedback_view import FeedbackView
from digest.core.render.fragment import Fragment, cut
from digest.core.render.medium import Data, Medium
from digest.core.render.page import EditionView, LinksView, ListView, ReaderView
from digest.core.render.paper_view import LinkView, PaperView
from digest.core.render.reason_view import ReasonView
from digest.core.render.theme import Theme
from digest.core.render.wrapping import wrap
from digest.errors import ThemeError

_VIEWS = frozenset(
    {AuthorView, AuthorsView, EditionView, FeedbackView, LinkView, LinksView, ListView}
    | {PaperView, ReaderView, ReasonView}
)


class Part:
    """One template of a theme.

    Args:
        template: the compiled template.
        label: how to call it in messages.
    """

    def __init__(self, template: Template, label: str) -> None:
        self._template = template
        # Every rendering copies them; Jinja's own chain of two dicts takes a third of its time.
        self._template.globals = dict(template.globals)
        self._label = label

    def render(self, context: Mapping[str, object]) -> str:
        """Render the part.

        Raises:
            ThemeError: it asks for something that there is not, or that it must not have.
        """
        try:
            return self._template.render(context)
        except (TemplateError, TypeError, ValueError) as error:
            raise ThemeError(f"{self._label}: {error}") from error

    def open(self, context: Mapping[str, object], medium: Medium[Data]) -> Fragment[Data]:
        """Render the part with marks among its values, which become open slots.

        Raises:
            ThemeError: as for ``render``, or the part did more with a mark than print it.
        """
        rendered = self.render(context)
        try:
            return cut(rendered, medium)
        except ValueError as error:
            raise ThemeError(f"{self._label}: {error}") from error


class Templates:
    """Gives the parts of a theme by name."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme.name
        self._environment = _environment(theme)

    def part(self, name: str) -> Part:
        """Compile a template.

        Raises:
            ThemeError: there is none of that name, or it is none.
        """
        label = f"theme {self._theme}: {name}"
        try:
            return Part(self._environment.get_template(name), label)
        except TemplateNotFound as error:
            raise ThemeError(f"{label}: missing") from error
        except TemplateError as error:
            raise ThemeError(f"{label}: {error.message}") from error


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which gives out the public fields of our own views unexamined.

    They are frozen and hold words, numbers and views; to examine each took a third of the time.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute, or something undefined that says why there is none."""
        if type(obj) in _VIEWS and attribute in obj.__slots__:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


def _environment(theme: Theme) -> Environment:
    """Return the environment that templates run in.

    A theme may come from somebody else: its templates are sandboxed, see only each other,
    and a misspelt name is an error and not a gap in the mail.
    """
    environment = _Sandbox(
        loader=DictLoader(theme.templates),
        autoescape=select_autoescape(enabled_extensions=("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["wrap"] = wrap
    return environment
