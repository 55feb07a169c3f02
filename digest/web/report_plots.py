"""Plots of the report: days as stacked columns with their numbers, and rows with bars."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from digest.core.chart import Column, Series, bar, columns
from digest.core.render.words import day_and_month, thousands

DELIVERIES = tuple(
    Series(state, state.replace("_", " "))
    for state in ("sent", "queued", "sending", "deferred", "failed", "suppressed", "in_doubt")
)
BOUNCES = tuple(
    Series(kind, kind)
    for kind in ("hard", "soft", "refused", "complaint", "unsubscribe", "lifted", "untraced")
)
Days = Mapping[date, Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotView:
    """A plot with the same in numbers.

    Attributes:
        title: what it shows.
        svg: the plot.
        legend: the class of each part's colour, its name, and its sum; none for a single part.
        head, rows: the numbers by day, newest first; days without any are left out.
    """

    title: str
    svg: Markup
    legend: Sequence[tuple[str, str, str]]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BarView:
    """A name, its number, and a bar that compares it with the largest one."""

    name: str
    number: str
    svg: Markup


def plot_days(
    key: str,
    title: str,
    days: Days,
    *,
    first: date,
    last: date,
    series: Sequence[Series],
    more: Mapping[date, Sequence[str]] | None = None,
    more_head: Sequence[str] = (),
) -> PlotView | None:
    """Return a plot of numbers by day and part, None when there are none.

    Args:
        key: unique on the page.
        title: what it shows.
        days: the numbers.
        first: the first day that is shown.
        last: the last day; later ones that have numbers are shown too.
        series: the parts that there may be; those without a number are left out.
        more: what else the table says of a day.
        more_head: over that.
    """
    last = max([last, *(day for day, values in days.items() if any(values.values()))])
    shown = [*_range(first, last)]
    sums = {part: sum(days.get(day, {}).get(part.kind, 0) for day in shown) for part in series}
    parts = [part for part in series if sums[part]]
    if not parts:
        return None
    of = [
        Column(
            day_and_month(day, this_year=last.year),
            tuple(days.get(day, {}).get(part.kind, 0) for part in parts),
        )
        for day in shown
    ]
    told = ", ".join(f"{thousands(sums[part])} {part.name}" for part in parts)
    about = f"{of[0].name} to {of[-1].name}: {told}. The table below has the numbers."
    also = more or {}
    return PlotView(
        title=title,
        svg=Markup(columns(key, title, about, parts, of)),  # noqa: S704 - it escapes what it prints
        legend=[(part.kind, part.name, thousands(sums[part])) for part in parts],
        head=["day", *(part.name for part in parts), *more_head],
        rows=[
            [column.name, *map(thousands, column.values), *also.get(day, [""] * len(more_head))]
            for day, column in reversed([*zip(shown, of, strict=True)])
            if column.total
        ],
    )


def plot_one(
    key: str, title: str, name: str, numbers: Mapping[date, int], *, first: date, last: date
) -> PlotView | None:
    """Return a plot of one number a day, None when there are none."""
    days = {day: {"plain": number} for day, number in numbers.items()}
    series = [Series("plain", name)]
    return plot_days(key, title, days, first=first, last=last, series=series)


def bars(of: Iterable[tuple[str, int]], *, kinds: Mapping[str, str] | None = None) -> list[BarView]:
    """Return rows with bars, the largest number's as long as there is room.

    Args:
        of: names and numbers, in order.
        kinds: the classes of colours by name; others are plain.
    """
    named = [*of]
    largest = max([1, *(number for _, number in named)])
    colours = kinds or {}
    return [
        BarView(
            name=name,
            number=thousands(number),
            svg=Markup(bar(number / largest, kind=colours.get(name, "plain"))),  # noqa: S704 - ours
        )
        for name, number in named
    ]


def _range(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
