"""TeX in titles and abstracts, as Unicode that reads like the printed line.

Upstream text is no TeX document: "50% of users", "$5 to $10" and "A & B" mean themselves. So
only what is certainly TeX is rewritten, what is unbalanced or unknown stays readable, and no
input can make this fail.
"""

import re

from digest.core.tex.piece import Piece

_TRACES = re.compile(r"[\\$^{}~`]|--")
_DOUBLE_QUOTES = re.compile(r"``([^`]{1,300}?)(?:''|\")")
_SINGLE_QUOTES = re.compile(r"(?<![\w`])`([^`\s][^`]{0,100}?)'(?![\w'])")


def to_unicode(text: str) -> str:
    """Return ``text`` with TeX as Unicode; text without a trace of TeX is returned unchanged."""
    if not _TRACES.search(text):
        return text
    singles = _SINGLE_QUOTES.sub(
        "\N{LEFT SINGLE QUOTATION MARK}\\1\N{RIGHT SINGLE QUOTATION MARK}", text
    )
    rendered = Piece(_DOUBLE_QUOTES.sub(r"“\1”", singles)).render()
    return rendered if rendered.strip() else text
