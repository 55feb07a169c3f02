import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.names import given_name_first, split_loose_names, split_names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("", []),
        ("Ada Lovelace", ["Ada Lovelace"]),
        ("Ada Lovelace, Alan Turing", ["Ada Lovelace", "Alan Turing"]),
        ("Ada (Univ. A, Dept. B), Alan (C (D, E))", ["Ada", "Alan"]),
        ("Wei (David) Zhang, (Anon)", ["Wei (David) Zhang"]),
        (r"Erik \v{S}t, \'{E}lan {V,W}", [r"Erik \v{S}t", r"\'{E}lan {V,W}"]),
        (r"A\,B Smith, C", [r"A\,B Smith", "C"]),
        ("Ada (unclosed, Alan", ["Ada (unclosed", "Alan"]),
        ("Ada )(, Alan )", ["Ada )(", "Alan )"]),
        ("John King, Jr., Mary Queen, III", ["John King, Jr.", "Mary Queen, III"]),
        ("Jr., Ada", ["Jr.", "Ada"]),
        ("Ada, Alan, et al.", ["Ada", "Alan"]),
        ("Ada, et al. (909 additional authors not shown)", ["Ada"]),
        ("Etalon Alfred, Others Olga", ["Etalon Alfred", "Others Olga"]),
        ("Last, First; Second, Name", ["Last, First", "Second, Name"]),
    ],
)
def test_line_is_split_at_commas_that_separate_people(line, names):
    assert split_names(line) == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ada Lovelace and Alan Turing", ["Ada Lovelace", "Alan Turing"]),
        ("Ana Agua, Bo Bach, & Cy Creek", ["Ana Agua", "Bo Bach", "Cy Creek"]),
        ("Smith, John", ["John Smith"]),
        ("Smith, J., Doe, A. B.", ["J. Smith", "A. B. Doe"]),
        ("Smith, JK, Doe, A.-B.", ["JK Smith", "A.-B. Doe"]),
        ("García J, Balao F, et al.", ["García J", "Balao F"]),
        ("Pavana, M.; Roy, Nirupam", ["M. Pavana", "Nirupam Roy"]),
        ("刘广纯,刘子轩", ["刘广纯", "刘子轩"]),
        ("Plato", ["Plato"]),
        ("", []),
    ],
)
def test_loose_line_is_split_by_its_own_style(line, names):
    assert split_loose_names(line) == names


@pytest.mark.parametrize(
    ("name", "turned"),
    [
        ("Torf, Anna", "Anna Torf"),
        ("John King, Jr.", "John King, Jr."),
        ("King, John, Jr.", "King, John, Jr."),
        ("Anna Torf", "Anna Torf"),
    ],
)
def test_family_name_first_is_turned_round(name, turned):
    assert given_name_first(name) == turned


@given(st.text(alphabet="ab ,;()[]{}\\.JrIV& né", max_size=60))
def test_no_line_is_too_odd_to_split(line):
    for split in (split_names, split_loose_names):
        assert all(name.strip() for name in split(line))
