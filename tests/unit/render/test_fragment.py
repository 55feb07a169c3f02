import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.quoted_printable import encode
from digest.core.render.fragment import cut, slot
from digest.core.render.medium import AS_TEXT, ON_WIRE

BOTH = (AS_TEXT, ON_WIRE)
TEXTS = st.text(st.characters(exclude_characters="\ufdd0\ufdd1\ufdd2"), max_size=200)


@pytest.mark.parametrize("medium", BOTH)
def test_slots_are_filled_in_their_places(medium):
    fragment = cut(f"a{slot('x')}b{slot('y_z0')}{slot('x')}", medium)
    assert fragment.slots == ("x", "y_z0", "x")
    one, two = medium.press("1"), medium.press("2")
    expected = medium.join(map(medium.press, ["a", "1", "b", "2", "1"]))
    assert medium.join(fragment.fill({"x": one, "y_z0": two})) == expected


@pytest.mark.parametrize("text", ["{{ text }}", "100 % of %s, %(x)s and %%"])
def test_text_without_slots_stays_as_it_is(text):
    assert b"".join(cut(text, ON_WIRE).fill({})) == encode(text)


@given(st.lists(TEXTS, min_size=1, max_size=5), TEXTS)
def test_any_text_may_stand_around_and_in_a_slot(texts, word):
    rendered = slot("x").join(texts)
    filled = [medium.join(cut(rendered, medium).fill({"x": medium.press(word)})) for medium in BOTH]
    assert encode(filled[0]) == filled[1]
    assert filled[0].replace("\ufdd2", "") == word.join(texts)


@given(st.lists(st.sampled_from(["x", "y", "z"]), max_size=6), TEXTS)
def test_a_slot_filled_for_good_reads_as_if_it_were_filled_each_time(names, word):
    rendered = "a".join(["", *map(slot, names), ""])
    for medium in BOTH:
        open_one = cut(rendered, medium)
        closed = open_one.close("y", medium.press(word))
        others = {"x": medium.press("1"), "z": medium.press("2")}
        expected = open_one.fill(others | {"y": medium.press(word)})
        assert "y" not in closed.slots
        assert medium.join(closed.fill(others)) == medium.join(expected)


@pytest.mark.parametrize("slots", [slot("x"), slot("x") + slot("y")])
def test_slot_that_nobody_fills_is_an_error(slots):
    with pytest.raises(KeyError):
        cut(slots, AS_TEXT).fill({})


@pytest.mark.parametrize("mark", [slot("x").upper(), slot("x")[:-1], slot("x")[1:]])
def test_mark_that_was_tampered_with_is_an_error(mark):
    with pytest.raises(ValueError, match="can only be printed"):
        cut(f"a{mark}b", AS_TEXT)
