import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.edition import Match, Reason, ReasonKind, telling
from digest.store.selections import decode_picked, decode_serials, encode_selection, papers_of
from tests.builders import a_paper, a_subscriber, an_edition

ADA = a_subscriber(id=1)
PAPERS = {serial: a_paper(f"arxiv:2611.{serial:05}") for serial in range(1, 30)}
SERIALS = {paper.id: serial for serial, paper in PAPERS.items()}
WHY = st.lists(st.builds(Reason, kind=st.just(ReasonKind.TERM), text=st.text()), max_size=3)


@st.composite
def editions(draw):
    papers = draw(st.permutations([*PAPERS.values()]))
    picked = draw(st.integers(0, len(papers)))
    picks = [
        Match(paper=paper, score=draw(st.floats(0, 1)), reasons=telling(draw(WHY)))
        for paper in papers[:picked]
    ]
    trending = papers[picked : draw(st.integers(picked, len(papers)))]
    return an_edition(ADA, picks=tuple(picks), trending=tuple(trending))


@given(editions())
def test_what_an_edition_selected_is_read_as_it_was_written(edition):
    row = encode_selection(edition, SERIALS)
    papers = [PAPERS[serial] for serial in decode_serials(row.serials)]
    assert papers == papers_of(edition)
    picked = decode_picked(row.scores, row.reasons)
    assert picked == [(pick.score, pick.reasons) for pick in edition.picks]


def test_a_selection_is_plain_text():
    picks = (
        Match(paper=PAPERS[7], score=1.0),
        Match(paper=PAPERS[3], score=0.25, reasons=(Reason(ReasonKind.TERM, "kelp"),)),
    )
    row = encode_selection(an_edition(ADA, picks=picks, trending=(PAPERS[5],)), SERIALS)
    assert row == ("7 3 5", "1.0 0.25", '\n\n["term","kelp",null,1]')


def test_nothing_selected_is_no_text():
    assert encode_selection(an_edition(ADA, picks=()), {}) == ("", "", "")
    assert (decode_serials(""), decode_picked("", "")) == ([], [])


@pytest.mark.parametrize(("scores", "reasons"), [("1.0 0.5", ""), ("1.0", "\n\n")])
def test_scores_without_reasons_and_reasons_without_scores_are_damage(scores, reasons):
    with pytest.raises(ValueError, match="argument 2 is"):
        decode_picked(scores, reasons)
