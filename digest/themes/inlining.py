"""Writing a theme's CSS into the style attributes of its templates, once.

premailer does it, with every Jinja token hidden from it (see ``hiding``). Then rendering
an inlined template gives what inlining the rendered one would. A result in which a token
or a tag is lost or has moved is refused.
"""

import logging
import re
import warnings
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest

from jinja2 import Environment

from digest.errors import ThemeError
from digest.themes.hiding import Hiding, outline

_FRAME = "edition.html.j2"
_DOCTYPE = "<!DOCTYPE html>"
_PART = re.compile(r"<table[^>]*><!--part ([\w.]+)-->(.*?)<!--/part--></table>\n?", re.DOTALL)
_STYLE = re.compile(r"""style=("[^"]*"|'[^']*')""")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_BLANKS = re.compile(r"\s+")


def inline(templates: Mapping[str, str], *, style: str, screen: str) -> dict[str, str]:
    """Return the HTML templates of a theme with their CSS inlined.

    Args:
        templates: Jinja source by file name; the frame among them.
        style: rules for style attributes, class selectors that stay within a template.
        screen: rules that stay in the mail's style element (small screens, dark mode).

    Raises:
        ThemeError: a token stands where a style would depend on it, or the HTML is so
            that it does not come back as it went in.
    """
    return dict(_inline(tuple(sorted(templates.items())), style, screen))


@lru_cache(8)
def _inline(
    templates: tuple[tuple[str, str], ...], style: str, screen: str
) -> tuple[tuple[str, str], ...]:
    hiding = Hiding(Environment(autoescape=True))
    hidden = {name: hiding.hide(name, source) for name, source in templates}
    kept = f'<style data-premailer="ignore">{_squeeze(screen)}</style>'
    page = _with_head(_join(hidden), kept)
    inlined = _transform(_with_head(page, f"<style>{style}</style>"))
    _refuse_difference(outline(page), outline(inlined), hiding)
    return tuple((name, hiding.reveal(html)) for name, html in _split(inlined).items())


def _refuse_difference(before: Sequence[str], after: Sequence[str], hiding: Hiding) -> None:
    for there, here in zip_longest(before, after, fillvalue="the end"):
        if there != here:
            raise ThemeError(
                f"{hiding.reveal(there)} became {hiding.reveal(here)} when the styles were"
                " inlined: every tag has to be closed in the template and block it opens in"
            )


def _join(hidden: Mapping[str, str]) -> str:
    """Put all parts into the frame: one pass over one page is several times faster."""
    parts = "".join(
        f"<table><!--part {name}-->{html}<!--/part--></table>\n"
        for name, html in hidden.items()
        if name != _FRAME
    )
    frame = hidden[_FRAME].lstrip()
    if not frame.startswith(_DOCTYPE):
        raise ThemeError(f"{_FRAME}: does not begin with {_DOCTYPE}")
    before, end, after = frame.removeprefix(_DOCTYPE).rpartition("</body>")
    if not end:
        raise ThemeError(f"{_FRAME}: has no </body>")
    return f"{before}{parts}{end}{after}"


def _split(page: str) -> dict[str, str]:
    return {_FRAME: f"{_DOCTYPE}\n{_PART.sub('', page)}", **dict(_PART.findall(page))}


def _with_head(page: str, element: str) -> str:
    before, end, after = page.partition("</head>")
    if not end:
        raise ThemeError(f"{_FRAME}: has no </head>")
    return f"{before}{element}\n{end}{after}"


def _transform(page: str) -> str:
    """Run premailer: no network, no files, every ``!important`` kept.

    It is imported here because that takes longer than most commands of the program.
    """
    with warnings.catch_warnings():
        # premailer 3.10 calls re.split with a positional maxsplit, deprecated in 3.13.
        warnings.filterwarnings("ignore", "'maxsplit' is passed", DeprecationWarning)
        from premailer import Premailer  # noqa: PLC0415  (slow, see above)

        premailer = Premailer(
            allow_network=False,
            allow_loading_external_files=False,
            strip_important=False,
            remove_classes=False,
            disable_validation=True,
            disable_basic_attributes=["align", "bgcolor", "height", "valign", "width"],
            cssutils_logging_level=logging.CRITICAL,
        )
        inlined = str(premailer.transform(page, pretty_print=False))
    return _STYLE.sub(lambda match: match[0].replace("; ", ";"), inlined)


def _squeeze(css: str) -> str:
    """Leave out comments and line breaks: this part is in every mail."""
    return _CSS_BLANKS.sub(" ", _CSS_COMMENT.sub("", css)).strip()
