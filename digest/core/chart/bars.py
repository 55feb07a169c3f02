"""One horizontal bar, for a cell of a table whose numbers stand beside it."""

from digest.core.chart.svg import element, percent

_HEIGHT = 10


def bar(share: float, *, kind: str = "plain") -> str:
    """Return a bar as an SVG image that tells nothing the table does not tell.

    Args:
        share: how long it is, in [0, 1] of its place.
        kind: the class of its colour.
    """
    shown = max(0.0, min(1.0, share))
    rect = element("rect", class_=f"is-{kind}", width=percent(shown), height=_HEIGHT, rx=2)
    return element(
        "svg", rect, class_="bar", width="100%", height=_HEIGHT, aria_hidden="true",
        focusable="false",
    )  # fmt: skip
