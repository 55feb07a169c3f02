"""The page of themes names every file and every variable."""

from dataclasses import fields

from jinja2 import Environment, meta

from digest.core.render.author_view import AuthorsView, AuthorView
from digest.core.render.feedback_view import FeedbackView
from digest.core.render.page import EditionView, LinksView, ListView, Page, ReaderView
from digest.core.render.paper_view import LinkView, PaperView
from digest.core.render.reason_view import ReasonView
from digest.core.render.theme import HTML_PARTS, STYLES, TEXT_PARTS
from tests.documents import ROOT, first_words, page, repeated, section


def variables():
    """Return every name that the program gives to templates, those of lists in the singular."""
    views = {
        "list": ListView, "edition": EditionView, "reader": ReaderView, "links": LinksView,
        "paper": PaperView, "link": LinkView, "authors": AuthorsView, "author": AuthorView,
        "reason": ReasonView, "feedback": FeedbackView,
    }  # fmt: skip
    names = {f"{name}.{field.name}" for name, view in views.items() for field in fields(view)}
    return names | ({field.name for field in fields(Page)} - set(views))


def used_by_default_theme():
    environment = Environment(autoescape=True)
    environment.filters["wrap"] = str
    return set().union(
        *(
            meta.find_undeclared_variables(environment.parse(file.read_text(encoding="utf-8")))
            for file in (ROOT / "templates/default").glob("*.j2")
        )
    )


def test_themes_page_tells_every_variable_once():
    told = first_words(section(page("themes.md"), "Variables"))

    assert not repeated(told)
    assert variables() <= set(told)
    roots = {word.partition(".")[0] for word in told}
    assert roots - {"author", "link"} == used_by_default_theme()


def test_themes_page_tells_no_variable_that_there_is_not():
    told = set(first_words(section(page("themes.md"), "Variables")))

    assert {word for word in told if "." in word} <= variables()


def test_themes_page_names_every_file_once():
    told = first_words(section(page("themes.md"), "Files"))

    assert sorted(told) == sorted([*HTML_PARTS, *TEXT_PARTS, *STYLES, "theme.toml"])
