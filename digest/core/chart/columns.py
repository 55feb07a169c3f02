"""Stacked columns over days, with a scale, and a text that says the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.core.chart.scale import ticks
from digest.core.chart.svg import element, percent, text
from digest.core.render.words import compact

_TOP, _BOTTOM, _HEIGHT = 14, 154, 178  # pixels from the top: the highest tick, the zero, the end
_FILLED = 0.72  # of a column's place
_LABELLED = 7  # days from one label to the next
_GAP = 1  # pixel between the parts of a column


@dataclass(frozen=True, slots=True)
class Series:
    """A part of every column: the class of its colour, and its name."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Column:
    """A day: its name, and the values of the series, 0 or more each."""

    name: str
    values: tuple[int, ...]

    @property
    def total(self) -> int:
        """The height of the whole column."""
        return sum(self.values)


def columns(
    key: str, title: str, about: str, series: Sequence[Series], of: Sequence[Column]
) -> str:
    """Return a plot as an SVG element.

    Args:
        key: unique on the page; names what the plot is described by.
        title: what it shows.
        about: what can be read from it, in a sentence.
        series: the parts of each column, from the bottom up.
        of: the columns from left to right, one at least.
    """
    scale = ticks(max(column.total for column in of))
    title_id, about_id = f"{key}-title", f"{key}-about"
    return element(
        "svg",
        element("title", text(title), id=title_id),
        element("desc", text(about), id=about_id),
        *_grid(scale),
        *(
            _column(column, series, place=(number + 0.5) / len(of), room=1 / len(of), scale=scale)
            for number, column in enumerate(of)
        ),
        *_names(of),
        class_="plot",
        width="100%",
        height=_HEIGHT,
        role="img",
        aria_labelledby=title_id,
        aria_describedby=about_id,
    )


def _grid(scale: Sequence[int]) -> Iterator[str]:
    for tick in scale:
        y = _y(tick, scale)
        yield element("line", class_="grid", x1=0, x2="100%", y1=y, y2=y)
        yield element("text", text(compact(tick)), class_="tick", x=-8, y=y + 4, text_anchor="end")


def _column(
    column: Column, series: Sequence[Series], *, place: float, room: float, scale: Sequence[int]
) -> str:
    """Return one column; its parts lie on each other with a gap that none of them is lost in."""
    width = room * _FILLED
    said = ", ".join(
        f"{value} {part.name}" for part, value in zip(series, column.values, strict=True) if value
    )
    parts = []
    below = 0
    for part, value in zip(series, column.values, strict=True):
        if value:
            top, bottom = _y(below + value, scale), _y(below, scale)
            height = max(1, bottom - top - (_GAP if below else 0))
            parts.append(
                element(
                    "rect", class_=f"is-{part.kind}", x=percent(place - width / 2), y=top,
                    width=percent(width), height=height,
                )
            )  # fmt: skip
        below += value
    return element("g", element("title", text(f"{column.name}: {said or 'none'}")), *parts)


def _names(of: Sequence[Column]) -> Iterator[str]:
    """Yield the names of some columns below the zero; the last one always has its own."""
    for number, column in enumerate(of):
        if (len(of) - 1 - number) % _LABELLED == 0:
            place = percent((number + 0.5) / len(of))
            yield element(
                "text", text(column.name), class_="tick", x=place, y=_HEIGHT - 6,
                text_anchor="middle",
            )  # fmt: skip


def _y(value: int, scale: Sequence[int]) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * value / scale[-1]
