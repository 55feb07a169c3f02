import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.rank.terms import Form, Word, keyword_term, phrase, sentence_term
from digest.core.rank.words import BORDER, plain, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dense Retrieval", ["dense", "retrieval"]),
        ("retrieval-augmented", ["retrieval", "augmented"]),
        ("Schrödinger's cat", ["schrodinger", "cat"]),
        ("Łukasz Ørsted", ["lukasz", "orsted"]),
        ("C++ and C#, in snake_case", ["c++", "and", "c#", "in", "snake", "case"]),
        ("\U0001d4aa(n²) for ﬁne-tuning", ["o", "n2", "for", "fine", "tuning"]),
        ("图像生成 of images", ["图", "像", "生", "成", "of", "images"]),
        ("нейронные сети", ["неиронные", "сети"]),
        ("", []),
        ("— ()", []),
    ],
)
def test_text_is_split_into_folded_words(text, words):
    assert words_of(text) == words


def test_sentence_ends_are_borders_and_decimal_points_are_not():
    assert words_of("GPT-3.5 wins. Llama 3.1: loses!") == [
        *("gpt", "3", "5", "wins", BORDER, "llama", "3", "1", BORDER, "loses", BORDER)
    ]


def test_titles_that_differ_in_case_and_punctuation_are_one():
    assert plain("Attention: Is All — You Need?") == plain("attention is ALL you need")


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("retrieval", Word(Form.STEM, "retrieval")),
        ("RAG", Word(Form.EXACT, "rag")),
        ("rag", Word(Form.EXACT, "rag")),
        ("LLMs", Word(Form.EXACT, "llm")),
        ("BLEU", Word(Form.EXACT, "bleu")),
        ("C++", Word(Form.EXACT, "c++")),
        ("RETRIEVAL", Word(Form.STEM, "retrieval")),
        ("Retriev*", Word(Form.PREFIX, "retriev")),
    ],
)
def test_form_of_a_word_follows_from_how_it_is_typed(typed, word):
    assert phrase(typed) == (word,)


def test_stop_words_count_in_an_exact_phrase_and_not_in_a_keyword():
    assert [word.text for word in phrase("theory of mind")] == ["theory", "of", "mind"]
    assert [word.text for word in keyword_term("theory of mind").words] == ["theory", "mind"]


def test_free_words_lose_what_wraps_the_wish():
    term = sentence_term("I am interested in papers on legal summarisation")
    assert term.spelled == ("legal", "summarisation")
    assert term.is_sentence


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (
            "I am a PhD student interested in recent work on image generation. Send me papers!",
            "image generation",
        ),
        ("I work on folding proteins", "folding proteins"),
        ("As a postdoc, I'd love to read about speech. Thanks!", "speech"),
        ("I'm a second-year Ph.D. student looking for planets", "planets"),
        ("I care deeply about tea", "tea"),
    ],
)
def test_free_words_lose_what_people_say_of_themselves_and_of_papers(text, subject):
    assert sentence_term(text).spelled == tuple(subject.split())


@pytest.mark.parametrize(
    "subject", ["working memory", "student dropout", "reading comprehension", "kernel methods"]
)
def test_free_words_keep_what_may_be_a_subject(subject):
    assert sentence_term(f"I study {subject}").spelled == tuple(subject.split())


def test_a_keyword_keeps_what_free_words_lose():
    assert keyword_term("future work on papers").spelled == ("future", "work", "papers")


@given(st.text())
def test_any_text_can_be_read(text):
    assert all(word == BORDER or word.strip() for word in words_of(text))
    assert len(keyword_term(text).words) == len(keyword_term(text).spelled)
