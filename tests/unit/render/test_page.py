from datetime import time

from digest.core.edition import Edition, Match
from digest.core.paper import PaperId
from digest.core.render.fragment import Fragment
from digest.core.render.mail import Links, MailList
from digest.core.render.page import (
    Page,
    interest_names,
    view_edition,
    view_links,
    view_list,
    view_reader,
)
from digest.core.schedule import Schedule, Slot
from digest.core.subscriber import Interests, Keyword
from tests.builders import NOW, a_paper, a_subscriber, interests


def _edition(picks=1, **fields):
    return Edition(
        **{
            "subscriber_id": 1,
            "slot": Slot.parse("2026-11-22"),
            "created_at": NOW,
            "cutoff": 1,
            "considered": 1_043,
            "matched": 20,
            "picks": tuple(Match(paper=a_paper(f"x:{i}"), score=0.5) for i in range(picks)),
        }
        | fields
    )


def _page(**fields):
    parts = {
        "list": view_list(MailList(name="Papers")),
        "edition": view_edition(_edition(), interests("retrieval")),
        "reader": view_reader(a_subscriber(name="Ada")),
        "links": view_links(Links(unsubscribe="mailto:digest@example.org")),
    }
    return Page(**parts | fields)


def test_numbers_say_what_was_looked_at_and_what_is_not_shown():
    view = view_edition(_edition(8), interests("retrieval"))
    assert (view.count, view.considered, view.unshown) == (8, "1,043", "12")


def test_numbers_that_say_nothing_are_left_out():
    view = view_edition(_edition(3, considered=3, matched=3), Interests())
    assert (view.considered, view.unshown, view.interests) == ("", "", ())


def test_heaviest_keywords_are_named_first():
    keywords = (Keyword(term="light", weight=0.5), Keyword(term="heavy", weight=2.0))
    assert interest_names(Interests(keywords=keywords)) == ("heavy", "light")


def test_what_pushes_papers_down_is_not_named():
    assert interest_names(Interests(keywords=(Keyword(term="survey", weight=-1.0),))) == ()


def test_every_kind_of_interest_is_named():
    names = interest_names(
        Interests(
            keywords=(Keyword(term="RAG"),),
            authors=("Ada Byron",),
            categories=("cs.IR",),
            liked=(PaperId("arxiv:1"),),
            text="I like tea",
        )
    )
    assert names == ("RAG", "Ada Byron", "cs.IR", "papers you saved", "what you told us")


def test_three_interests_are_named_in_full_and_of_four_two():
    three = view_edition(_edition(), interests("a", "b", "c"))
    four = view_edition(_edition(), interests("a", "b", "c", "d"))
    assert (three.interests, three.more_interests) == (("a", "b", "c"), 0)
    assert (four.interests, four.more_interests) == (("a", "b"), 2)


def test_reader_is_greeted_by_a_clean_name():
    schedule = Schedule(send_at=time(8, 0), timezone="Europe/Paris")
    view = view_reader(a_subscriber(name="Ada\r\nByron", schedule=schedule))
    assert (view.name, view.email) == ("Ada Byron", "ada@example.org")
    assert view.schedule == "every day at 08:00 (Europe/Paris)"


def test_marked_pages_of_two_readers_are_equal_and_give_the_words_back():
    ada = _page(subject="For Ada", preheader="p")
    bo = _page(
        reader=view_reader(a_subscriber("bo@example.org", name="Bo")),
        edition=view_edition(_edition(), interests("agents")),
        subject="For Bo",
        preheader="q",
    )
    assert ada != bo
    assert ada.marked() == bo.marked()
    marked = ada.marked()
    words = " ".join([marked.subject, marked.reader.name, *marked.edition.interests])
    assert Fragment.parse(words).fill(ada.words()) == "For Ada Ada retrieval"


def test_what_is_empty_stays_empty_when_marked():
    marked = _page(reader=view_reader(a_subscriber())).marked()
    assert (marked.reader.name, marked.links.view, marked.subject) == ("", "", "")
