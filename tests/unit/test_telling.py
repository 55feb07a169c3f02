"""Which of a match's reasons an edition keeps, because its reader is told them."""

import pytest

from digest.core.edition import REASONS_TOLD, Reason, ReasonKind, telling
from digest.core.subscriber import TextField

KIND = ReasonKind


def a_term(text, points=1.0, **fields):
    return Reason(KIND.TERM, text, points=points, **fields)


def told(*reasons):
    """Return reasons as a reader is told them: without their points."""
    return tuple(reason._replace(points=0.0) for reason in reasons)


def test_the_strongest_reasons_are_told():
    reasons = [a_term(f"word {place}", 9 - place) for place in range(7)]
    assert telling(reasons) == told(*reasons[:REASONS_TOLD])


def test_a_followed_author_is_told_however_weak_the_reason():
    terms = [a_term(f"word {place}", 9 - place) for place in range(REASONS_TOLD)]
    author = Reason(KIND.AUTHOR, "Ada Lovelace", points=0.1)
    assert telling([*terms, a_term("weak", 0.2), author]) == told(*terms, author)


@pytest.mark.parametrize(
    "silent", [a_term("dull", -0.5), Reason(KIND.SIGNAL, "upvotes", count=9, points=0.1)]
)
def test_what_pushed_a_paper_down_and_community_numbers_are_not_told(silent):
    assert telling([silent, a_term("graph")]) == told(a_term("graph"))


@pytest.mark.parametrize("kind", [KIND.LIKED, KIND.SAVED, KIND.LIBRARY])
def test_a_liked_paper_is_told_beside_other_reasons_only_where_it_is_not_faint(kind):
    graph, clear, faint = (
        a_term("graph"),
        Reason(kind, "A", points=0.2),
        Reason(kind, "B", points=0.1),
    )
    assert telling([graph, clear, faint]) == told(graph, clear)


def test_a_liked_paper_that_is_the_only_reason_is_told():
    alone = Reason(KIND.LIKED, "A", points=0.01)
    assert telling([alone]) == told(alone)


@pytest.mark.parametrize(
    ("categories", "first"),
    [
        (["cs.IR", "cs.*"], ["cs.IR"]),
        (["cs.*", "cs.IR", "cs.CL"], ["cs.*"]),
        (["cs", "cs.*", "CS.ir"], ["cs"]),
        (["cs.IR", "cs.CL", "math.*"], ["cs.IR", "cs.CL", "math.*"]),
        (["c.*", "cs.IR"], ["c.*", "cs.IR"]),
    ],
)
def test_of_a_category_and_its_archive_the_first_is_told(categories, first):
    reasons = [Reason(KIND.CATEGORY, code, points=0.05) for code in categories]
    assert [reason.text for reason in telling(reasons)] == first


def test_a_term_in_both_fields_reads_as_one_in_the_title():
    title, both = a_term("graph", field=TextField.TITLE, count=2), a_term("graph", count=2)
    assert telling([title, both]) == told(title)
    assert telling([a_term("graph"), a_term("graph", field=TextField.ABSTRACT)]) == told(
        a_term("graph")
    )


def test_what_would_read_the_same_is_told_once():
    title = a_term("graph", field=TextField.TITLE)
    same = a_term("graph", 0.4, field=TextField.TITLE)
    assert telling([title, same, a_term("graph", 0.2)]) == told(title, a_term("graph"))


def test_what_is_told_of_what_was_told_is_the_same():
    reasons = [a_term("graph"), Reason(KIND.MEANING, "about graphs", points=0.5), a_term("tree")]
    assert telling(telling(reasons)) == telling(reasons) == told(a_term("graph"), a_term("tree"))


def test_nothing_is_told_of_no_reasons():
    assert telling(()) == ()
