from hypothesis import given
from hypothesis import strategies as st

from digest.core.render.subject import preheader, subject_line


def test_subject_is_cut_after_a_word():
    subject = subject_line("Papers: 8 for you, 22 Nov · " + "word " * 40)
    assert len(subject) <= 100
    assert subject.endswith("word…")


@given(st.text())
def test_subject_is_always_one_short_line(text):
    subject = subject_line(text)
    assert len(subject) <= 100
    assert subject.splitlines() in ([], [subject])


def test_preheader_goes_on_with_the_second_title():
    line = preheader(["First Paper", "Second Paper", "Third Paper"], "The lead of the first.")
    assert line == "Second Paper · Third Paper · The lead of the first."


def test_preheader_of_one_paper_shows_its_lead():
    lead = "Two small encoders find the right passage more often than tuned weights."
    assert preheader(["First Paper"], lead) == lead


def test_preheader_is_cut_after_a_word():
    line = preheader(["First Paper", "word " * 50], "")
    assert len(line) <= 100
    assert line.endswith("word…")


def test_preheader_that_marks_make_short_when_cut_goes_on():
    line = preheader(["First Paper", "a" + "\u0301" * 200], "")
    assert 40 <= len(line) <= 100


def test_preheader_of_nothing_says_so():
    assert "No paper" in preheader([], "")


@given(
    st.lists(st.text(st.characters(codec="ascii", categories=["L", "Zs"])), max_size=5),
    st.text(max_size=400),
)
def test_preheader_has_the_length_that_an_inbox_shows(titles, lead):
    assert 40 <= len(preheader(titles, lead)) <= 100
