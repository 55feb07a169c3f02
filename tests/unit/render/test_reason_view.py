import pytest

from digest.core.edition import Reason, ReasonKind
from digest.core.render.reason_view import ReasonView, view_reason, view_reasons
from digest.core.subscriber import TextField


def _views(*reasons):
    return view_reasons(reasons, view_reason)


def _term(text="retrieval", **fields):
    return Reason(**{"kind": ReasonKind.TERM, "text": text, "points": 1.0} | fields)


@pytest.mark.parametrize(
    ("field", "count", "detail"),
    [
        (TextField.TITLE, 3, "title, ×3"),
        (TextField.TITLE, 1, "title"),
        (TextField.ABSTRACT, 2, "×2"),
        (None, 1, ""),
        (None, 2, "title, ×2"),
    ],
)
def test_a_term_says_where_and_how_often_it_matched(field, count, detail):
    assert _views(_term(field=field, count=count)) == [ReasonView("term", "retrieval", detail)]


def test_nearness_in_meaning_is_told_only_where_it_weighs_most():
    near = Reason(kind=ReasonKind.MEANING, text="finding things", points=0.9)
    told, near_view = ReasonView("term", "retrieval"), ReasonView("meaning", "finding things")
    assert _views(near, _term(points=0.5)) == [near_view, told]
    assert _views(_term(points=1.0), near) == [told]
    assert _views(near, near._replace(text="another", points=0.5)) == [near_view]


def test_other_reasons_have_no_detail():
    reason = Reason(kind=ReasonKind.CATEGORY, text="cs.IR", field=TextField.TITLE, count=3)
    assert _views(reason) == [ReasonView("category", "cs.IR", "")]


def test_what_pushed_a_paper_down_is_not_a_reason():
    assert _views(_term(points=-1.0)) == []


def test_only_the_strongest_reasons_are_shown_and_each_once():
    views = _views(_term("same"), _term("same"), *(_term(f"t{i}") for i in range(9)))
    assert [view.text for view in views] == ["same", "t0", "t1", "t2"]


def test_terms_are_cleaned_and_clipped():
    (view,) = _views(_term("a\x00\nb " + "word " * 50))
    assert view.text.startswith("a b word")
    assert len(view.text) <= 48


def test_community_numbers_are_facts_and_no_reasons():
    votes = Reason(kind=ReasonKind.SIGNAL, text="upvotes", count=41, points=0.1)
    assert _views(votes) == []


def test_an_outsider_says_how_many_like_it():
    outsider = Reason(kind=ReasonKind.OUTSIDER, text="upvotes", count=1_234)
    assert _views(outsider) == [ReasonView("outsider", "", "1,234 upvotes")]
