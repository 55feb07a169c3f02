"""Names in their parts: persons' are taken apart, others stay whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.person_names import PersonName, person_name


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Vladimir Karpukhin", ("Karpukhin", "Vladimir", "")),
        ("Barlas Oğuz", ("Oğuz", "Barlas", "")),
        ("Mike  A. Lewis", ("Lewis", "Mike A.", "")),
        ("Wen-tau Yih", ("Yih", "Wen-tau", "")),
        ("Aaron van den Oord", ("van den Oord", "Aaron", "")),
        ("Jean de La Fontaine", ("de La Fontaine", "Jean", "")),
        ("Karpukhin, Vladimir", ("Karpukhin", "Vladimir", "")),
        ("van den Oord, Aaron", ("van den Oord", "Aaron", "")),
        ("Martin Luther King Jr.", ("King", "Martin Luther", "Jr.")),
        ("Henry Gates, III", ("Gates", "Henry", "III")),
        ("Miles O\u2019Brien", ("O\u2019Brien", "Miles", "")),
        ("danah boyd", ("boyd", "danah", "")),
    ],
)
def test_a_persons_name_has_parts(name, parts):
    assert person_name(name) == parts


@pytest.mark.parametrize(
    "name",
    [
        "Plato",
        "王小明",
        "OpenAI",
        "ATLAS Collaboration",
        "The LIGO Scientific Collaboration",
        "Gemini Team, Google",
        "LLaMA Team, AI @ Meta",
        "Institute for Advanced Study",
        "Smith and Jones",
        "GPT 4",
        "Smith, John, Mary",
        "{Evil} Name",
        ",",
        "Ada,",
        ", Ada",
    ],
)
def test_any_other_name_stays_whole(name):
    assert person_name(name) == PersonName(name)


@given(st.text(max_size=40))
def test_no_part_is_lost_whatever_the_name(name):
    found = person_name(name)
    letters = sorted(character for character in name if character.isalnum())
    assert letters == sorted(character for character in "".join(found) if character.isalnum())
