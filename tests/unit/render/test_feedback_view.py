from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from digest.core.paper import PaperId
from digest.core.render.feedback_view import FeedbackView, view_feedback


def test_paper_and_wish_stand_in_the_query():
    view = view_feedback("https://x.example/feedback/T", PaperId("arxiv:2406.01234"))
    assert view.more == "https://x.example/feedback/T?more=arxiv%3A2406.01234"
    assert view.fewer == "https://x.example/feedback/T?fewer=arxiv%3A2406.01234"


@given(st.text(min_size=1))
def test_any_id_comes_back_from_the_query(key):
    url = view_feedback("https://x.example/feedback/T", PaperId(key)).fewer
    assert url.isascii()
    assert parse_qs(urlsplit(url).query, strict_parsing=True) == {"fewer": [key]}


def test_lone_surrogate_in_an_id_breaks_no_mail():
    assert view_feedback("https://x", PaperId("x:\ud800")).more == "https://x?more=x%3A%ED%A0%80"


def test_without_a_page_there_is_nothing_to_press():
    assert view_feedback("", PaperId("x:1")) == FeedbackView("", "")
