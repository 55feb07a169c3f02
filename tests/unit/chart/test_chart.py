"""Plots: round scales, heights that are true, and well-formed whatever the labels are."""

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.chart import Column, Series, bar, columns, ticks

SERIES = [Series("sent", "sent"), Series("failed", "failed")]
HOSTILE = st.text() | st.sampled_from(
    ['"><script>alert(1)</script>', "]]>", "&amp;", "' onload='x", "\x00\x1b[31m\ufffe", "\ud800"]
)


def drawn(of, series=SERIES):
    return ET.fromstring(columns("k", "Deliveries", "about", series, of))  # noqa: S314 - our own text


def heights(svg):
    return [[float(part.get("height")) for part in group.iter("rect")] for group in svg.iter("g")]


@pytest.mark.parametrize(
    ("largest", "scale"),
    [
        (0, [0, 1]), (1, [0, 1]), (3, [0, 1, 2, 3]), (5, [0, 2, 4, 6]),
        (41, [0, 20, 40, 60]), (100, [0, 50, 100]), (123_456, [0, 50_000, 100_000, 150_000]),
    ],
)  # fmt: skip
def test_a_scale_has_few_round_numbers(largest, scale):
    assert ticks(largest) == scale


@given(st.integers(0, 10**12))
def test_a_scale_reaches_the_largest_number_in_equal_steps(largest):
    scale = ticks(largest)
    assert scale[0] == 0
    assert scale[-1] >= largest
    assert 2 <= len(scale) <= 5
    assert len({after - before for before, after in pairwise(scale)}) == 1


def test_parts_stand_on_each_other_as_high_as_their_numbers():
    svg = drawn([Column("1 Nov", (50, 50)), Column("2 Nov", (0, 0)), Column("3 Nov", (25, 0))])
    assert heights(svg) == [[70, 69], [], [35]]
    tops = [float(part.get("y")) for part in svg.iter("rect")]
    assert tops == [84, 14, 119]


def test_the_smallest_part_can_be_seen():
    assert heights(drawn([Column("1 Nov", (100_000, 1))])) == [[pytest.approx(93.3, abs=0.1), 1]]


def test_a_plot_says_what_it_shows():
    svg = drawn([Column("1 Nov", (2, 1)), Column("2 Nov", (0, 0))])
    ids = {part.get("id"): part.text for part in svg if part.get("id")}
    assert svg.get("role") == "img"
    assert ids[svg.get("aria-labelledby")] == "Deliveries"
    assert ids[svg.get("aria-describedby")] == "about"
    assert [group.find("title").text for group in svg.iter("g")] == [
        "1 Nov: 2 sent, 1 failed",
        "2 Nov: none",
    ]


def test_the_last_day_and_each_week_before_it_have_their_names():
    days = [Column(f"{day} Nov", (day, 0)) for day in range(1, 31)]
    named = [each.text for each in drawn(days).iter("text") if each.text.endswith("Nov")]
    assert named == ["2 Nov", "9 Nov", "16 Nov", "23 Nov", "30 Nov"]


@given(HOSTILE, HOSTILE, HOSTILE, st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_a_plot_is_well_formed_whatever_its_labels_are(title, name, kind, numbers):
    of = [Column(name, (number,)) for number in numbers]
    svg = columns("k", title, title, [Series(kind, name)], of)
    names = {part.tag for part in ET.fromstring(svg).iter()}  # noqa: S314 - our own text
    assert names <= {"svg", "title", "desc", "line", "text", "g", "rect"}
    assert all("style" not in part.attrib for part in ET.fromstring(svg).iter())  # noqa: S314


@given(st.floats(allow_nan=False), HOSTILE)
def test_a_bar_stays_within_its_place(share, kind):
    (rect,) = ET.fromstring(bar(share, kind=kind))  # noqa: S314 - our own text
    assert 0 <= float(rect.get("width").removesuffix("%")) <= 100
