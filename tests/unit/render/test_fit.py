from hypothesis import given
from hypothesis import strategies as st

from digest.core.render.fit import Layout, lay_out, lead_limit, lead_limits

SIZES = st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 900)), max_size=60)


def test_many_papers_say_less_of_each():
    assert lead_limits(1)[0] > lead_limits(15)[0] > lead_limits(100)[0]
    assert lead_limits(1)[-1] == lead_limits(100)[-1]


def test_the_longest_lead_comes_first():
    assert [lead_limit(count) for count in (0, 10, 11, 500)] == [
        lead_limits(count)[0] for count in (0, 10, 11, 500)
    ]


def test_everything_is_a_card_when_there_is_room():
    assert lay_out([30, 30], [10, 10], 60) == Layout(2, 0)


def test_later_picks_become_rows_before_any_is_left_out():
    assert lay_out([30, 30, 30], [10, 10, 10], 70) == Layout(2, 1)
    assert lay_out([30, 30, 30], [10, 10, 10], 30) == Layout(0, 3)


def test_what_does_not_even_fit_as_a_row_is_left_out():
    assert lay_out([30, 30, 30], [10, 10, 10], 25) == Layout(0, 2)
    assert lay_out([30], [10], -5) == Layout(0, 0)


@given(SIZES, st.integers(-100, 90_000))
def test_no_layout_is_larger_than_its_room(sizes, room):
    cards, rows = [card + row for card, row in sizes], [row for _, row in sizes]
    layout = lay_out(cards, rows, room)
    shown = layout.cards + layout.rows
    taken = sum(cards[: layout.cards]) + sum(rows[layout.cards : shown])
    assert taken <= max(room, 0)
    assert shown == len(sizes) or not layout.cards
