"""Elements of SVG as text that is well-formed whatever it holds."""

import re
from html import escape

# What XML 1.0 cannot hold, not even as a reference: https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(raw: str) -> str:
    """Return text for between tags or in quotation marks."""
    return escape(_NOT_XML.sub("", raw))


def element(name: str, *content: str, **attributes: str | float) -> str:
    """Return an element.

    Args:
        name: its name.
        content: what is in it, already made by this function or by ``text``.
        attributes: by name; an underscore is a hyphen, one at the end is left out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{given}>{''.join(content)}</{name}>"


def percent(share: float) -> str:
    """Return a share of the whole as a length: 0.25 is "25%"."""
    return f"{_value(100 * share)}%"


def _value(value: str | float) -> str:
    return text(value) if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
