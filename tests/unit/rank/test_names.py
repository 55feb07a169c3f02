import pytest

from digest.core.rank.names import Authors, is_same, name_of
from digest.core.rank.subjects import papers_in


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Yoshua Bengio", "Yoshua Bengio"),
        ("Y. Bengio", "Yoshua Bengio"),
        ("Yoshua Bengio", "Y Bengio"),
        ("Bengio, Yoshua", "yoshua bengio"),
        ("Yoshua Bengio", "Bengio, Y."),
        ("Yoshua Bengio", "Bengio Y"),
        ("Yoshua Bengio", "Yoshua J. Bengio"),
        ("Bengio", "Yoshua Bengio"),
        ("Bernhard Scholkopf", "Bernhard Schölkopf"),
        ("Lukasz Kaiser", "Łukasz Kaiser"),
        ("van der Maaten, Laurens", "Laurens van der Maaten"),
        ("Ming-Hsuan Yang", "Minghsuan Yang"),
        ("Conan O'Brien", "Conan O’Brien"),
        ("Martin Luther King", "Martin Luther King, Jr."),
    ],
)
def test_followed_name_is_known_in_other_spellings(asked, written):
    assert is_same(name_of(asked), name_of(written))


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Yoshua Bengio", "Samy Bengio"),
        ("Y. Bengio", "Samy Bengio"),
        ("Yoshua Bengio", "Yoshua Bengioni"),
        ("Yoshua Bengio", "Bengio"),
        ("Yoshua A. Bengio", "Yoshua B. Bengio"),
        ("Jo Wang", "Joan Wang"),
        ("", ""),
        ("—", "Yoshua Bengio"),
        (", Yoshua", "Yoshua"),
    ],
)
def test_other_people_are_not_taken_for_the_followed_one(asked, written):
    assert not is_same(name_of(asked), name_of(written))


def test_papers_of_followed_authors_are_listed_once_each():
    authors = [("Ada Lovelace", "A. Lovelace"), ("Alan Turing",), ()]
    assert Authors(authors).papers_by(["Lovelace, Ada", "Nobody"]) == [[0], []]


@pytest.mark.parametrize("code", ["cs.*", "cs", "CS", " cs.* "])
def test_an_archive_takes_its_categories(code):
    assert papers_in([code], [("cs.IR", "cs.CL"), ("stat.ML", "cs"), ("csx.A",)]) == [[0, 1]]


def test_a_category_takes_itself_alone():
    filed = [("cs.IR",), ("cs.IRX",), ("hep-th",)]
    assert papers_in(["cs.ir", "hep-th", "q-bio.*"], filed) == [[0], [2], []]
