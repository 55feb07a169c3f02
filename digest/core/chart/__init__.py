"""Plots as SVG text: pure, without a script, a font or a size of their own.

Widths are percentages, so that a plot is as wide as its place while its text keeps the
size of the page's. Colours are the style sheet's: shapes have classes, never styles.
"""

from digest.core.chart.bars import bar
from digest.core.chart.columns import Column, Series, columns
from digest.core.chart.scale import ticks

__all__ = ["Column", "Series", "bar", "columns", "ticks"]
