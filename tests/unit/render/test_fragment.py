import pytest

from digest.core.render.fragment import Fragment, slot


def test_slots_are_filled_in_their_places():
    fragment = Fragment.parse(f"a{slot('x')}b{slot('y0')}{slot('x')}")
    assert fragment.slots == ("x", "y0", "x")
    assert fragment.fill({"x": "1", "y0": "2"}) == "a1b21"


def test_text_without_slots_stays_as_it_is():
    assert Fragment.parse("{{ text }}").fill({}) == "{{ text }}"


def test_slot_that_nobody_fills_is_an_error():
    with pytest.raises(KeyError):
        Fragment.parse(slot("x")).fill({})


@pytest.mark.parametrize("mark", [slot("x").upper(), slot("x")[:-1], slot("x")[1:]])
def test_mark_that_was_tampered_with_is_an_error(mark):
    with pytest.raises(ValueError, match="can only be printed"):
        Fragment.parse(f"a{mark}b")
