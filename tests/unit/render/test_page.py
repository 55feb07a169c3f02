from datetime import time

from digest.core.edition import Edition, Match
from digest.core.paper import PaperId
from digest.core.quoted_printable import SEAM
from digest.core.render.fragment import cut, slot
from digest.core.render.mail import Links, MailList
from digest.core.render.medium import AS_TEXT
from digest.core.render.page import (
    interest_names,
    make_page,
    marked,
    reader_words,
    shape_of,
    view_list,
)
from digest.core.schedule import Schedule, Slot
from digest.core.subscriber import Interests, Keyword
from tests.builders import NOW, a_paper, a_subscriber, interests

LINKS = Links(unsubscribe="mailto:digest@example.org")


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


def _words(edition=None, links=LINKS, **reader):
    return reader_words(edition or _edition(), a_subscriber(**reader), links)


def _page(words):
    return make_page(view_list(MailList(name="Papers")), _edition().slot, 1, words)


def test_numbers_say_what_was_looked_at_and_what_is_not_shown():
    words = _words(_edition(8))
    assert (words["considered"], words["unshown"]) == ("1,043", "12")


def test_numbers_that_say_nothing_are_left_out():
    words = _words(_edition(3, considered=3, matched=3))
    assert (words["considered"], words["unshown"]) == ("", "")
    assert _page(words).edition.interests == ()


def test_heaviest_keywords_are_named_first():
    keywords = (Keyword(term="light", weight=0.5), Keyword(term="heavy", weight=2.0))
    assert interest_names(Interests(keywords=keywords)) == ("heavy", "light")


def test_keywords_of_one_weight_keep_their_order():
    assert interest_names(interests("b", "a", "c")) == ("b", "a", "c")


def test_what_pushes_papers_down_is_not_named():
    assert interest_names(Interests(keywords=(Keyword(term="survey", weight=-1.0),))) == ()


def test_a_name_is_given_once_and_never_empty():
    assert interest_names(interests("tea", " tea ", "\u200b")) == ("tea",)


def test_every_kind_of_interest_is_named():
    names = interest_names(
        Interests(
            keywords=(Keyword(term="RAG"),),
            authors=("Ada Byron",),
            categories=("cs.IR",),
            liked=(PaperId("arxiv:1"),),
            saved=(PaperId("arxiv:2"),),
            library=(PaperId("arxiv:3"),),
            text="I like tea",
        )
    )
    assert names[:3] == ("RAG", "Ada Byron", "cs.IR")
    assert names[3:6] == ("papers you liked", "papers you saved", "papers in your library")
    assert names[6:] == ("what you told us",)


def test_three_interests_are_named_in_full_and_of_four_two():
    three = _page(_words(interests=interests("a", "b", "c"))).edition
    four = _page(_words(interests=interests("a", "b", "c", "d"))).edition
    assert (three.interests, three.more_interests) == (("a", "b", "c"), "")
    assert (four.interests, four.more_interests) == (("a", "b"), "2")


def test_reader_is_greeted_by_a_clean_name():
    schedule = Schedule(send_at=time(8, 0), timezone="Europe/Paris")
    reader = _page(_words(name="Ada\r\nByron", schedule=schedule)).reader
    assert (reader.name, reader.email) == ("Ada Byron", "ada@example.org")
    assert reader.schedule == "every day at 08:00 (Europe/Paris)"


def test_pages_of_one_shape_differ_in_their_words_alone():
    ada = _words(name="Ada", interests=interests("retrieval"))
    bo = _words(email="bo@example.org", name="Bo", interests=interests("agents"))
    assert _page(ada) != _page(bo)
    assert shape_of(ada) == shape_of(bo)
    marks = _page(marked(shape_of(ada)))
    words = cut("".join([marks.reader.name, *marks.edition.interests]), AS_TEXT)
    assert "".join(words.fill(ada)).replace(SEAM, "") == "Adaretrieval"


def test_what_is_empty_stays_empty_when_marked():
    page = _page(marked(shape_of(_words())))
    assert (page.reader.name, page.links.view, page.subject) == ("", "", "")
    assert page.links.unsubscribe == slot("unsubscribe")
