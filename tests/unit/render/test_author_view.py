import pytest

from digest.core.render.author_view import byline, view_authors


def _shown(names, followed=()):
    view = view_authors(names, followed)
    return [author.name for author in view.shown], view.more


def test_up_to_four_authors_are_all_shown():
    assert _shown(["A", "B", "C", "D"]) == (["A", "B", "C", "D"], 0)


def test_of_more_authors_the_first_three_are_shown():
    assert _shown(["A", "B", "C", "D", "E"]) == (["A", "B", "C"], 2)


def test_followed_author_is_shown_however_late():
    view = view_authors(["A", "B", "C", "D", "E", "Ada Byron"], ["ada byron"])
    assert [author.name for author in view.shown] == ["A", "B", "C", "Ada Byron"]
    assert [author.followed for author in view.shown] == [False, False, False, True]
    assert view.more == 2


def test_only_the_first_of_many_followed_authors_are_shown():
    view = view_authors(["X", "Y", "Z", *["Ada Byron"] * 20], ["Ada Byron"])
    assert len(view.shown) == 8
    assert view.more == 15


def test_names_are_cleaned_and_clipped():
    (names, _) = _shown(["A\x00da\n Byron", "x" * 500])
    assert names[0] == "Ada Byron"
    assert len(names[1]) <= 60


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], ""),
        (["Ada"], "Ada"),
        (["Ada", "Bo"], "Ada and Bo"),
        (["Ada", "Bo", "Cy"], "Ada and 2 more"),
    ],
)
def test_bylines_are_short(names, words):
    assert byline(names) == words


def _same_person(name, other):
    return view_authors([name], [other]).shown[0].followed


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Yoshua Bengio", "yoshua bengio"),
        ("Y. Bengio", "Yoshua Bengio"),
        ("Bengio, Yoshua", "Yoshua Bengio"),
        ("Barlas Oğuz", "Barlas Oguz"),
        ("Plato", "plato"),
    ],
)
def test_spellings_of_one_name_are_the_same_person(name, other):
    assert _same_person(name, other)
    assert _same_person(other, name)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Yoshua Bengio", "Samy Bengio"),
        ("S. Bengio", "Yoshua Bengio"),
        ("Yoshua Bengio", "Yoshua"),
        ("", "Yoshua Bengio"),
        ("123", "Yoshua Bengio"),
    ],
)
def test_different_names_are_different_people(name, other):
    assert not _same_person(name, other)
    assert not _same_person(other, name)
