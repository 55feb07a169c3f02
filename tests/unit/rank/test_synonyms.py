"""Other ways to write what a reader asks for: abbreviations and compounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.rank.abbreviations import believed, definitions_in
from digest.core.rank.index import TextIndex
from digest.core.rank.synonyms import Synonyms, find_features
from digest.core.rank.terms import keyword_term


@pytest.mark.parametrize(
    ("text", "definitions"),
    [
        ("We use large language models (LLMs).", [("llm", ("large", "language", "models"))]),
        (
            "Retrieval-augmented generation (RAG)",
            [("rag", ("retrieval", "augmented", "generation"))],
        ),
        ("a chain-of-thought (CoT) prompt", [("cot", ("chain", "thought"))]),
        ("the state of the art (SOTA)", [("sota", ("state", "art"))]),
        ("the field of an expert (FE)", [("fe", ("field", "expert"))]),
        ("graphs (GNN)", []),
        ("the models (which are large)", []),
        ("many words (words)", []),
        ("one thing (A)", []),
        ("(LLM) large language models", []),
        ("large language models (LLM", []),
    ],
)
def test_a_definition_is_read_where_the_letters_begin_the_words_before_it(text, definitions):
    assert list(definitions_in(text)) == definitions


@given(st.text())
def test_any_text_may_be_searched_for_definitions(text):
    for short, long in definitions_in(text):
        assert short == short.casefold()
        assert len(long) > 1


def test_a_short_form_is_believed_when_several_papers_agree():
    long, other = ("model", "context"), ("many", "cats")
    assert believed({("mc", long): 3}) == {"mc": long}
    assert believed({("mc", long): 2}) == {}
    assert believed({("mc", long): 3, ("mc", other): 4}) == {"mc": other}
    assert believed({("it", ("information", "technology")): 9}) == {}


def _index(*texts):
    return TextIndex([(text, "") for text in texts])


_DEFINING = ("Large language models (LLMs)",) * 3


def _found(keyword, *texts):
    """Return in which texts a keyword's phrase is found, in whatever way it is written."""
    index = _index(*texts)
    words = keyword_term(keyword).words
    (feature,) = Synonyms(index).features(words, [(0, len(words))])
    occurrences = find_features(index, [feature])
    return [int(key) % len(texts) for key in occurrences.keys]


def test_an_abbreviation_finds_its_words_and_its_words_find_it():
    texts = (*_DEFINING, "An LLM for proofs", "A large language model", "Large birds")
    assert _found("large language model", *texts) == [0, 1, 2, 3, 4]
    assert _found("LLM", *texts) == [0, 1, 2, 3, 4]


def test_an_abbreviation_inside_a_phrase_keeps_its_neighbours():
    texts = (*_DEFINING, "LLM agents", "large language model agents", "agents and an LLM")
    assert _found("large language model agents", *texts) == [3, 4]
    assert _found("LLM agents", *texts) == [3, 4]


def test_a_compound_finds_its_two_words_and_they_find_it():
    texts = ("Finetuning cheaply", "Fine-tuning cheaply", "a fine day for tuning")
    assert _found("fine-tuning", *texts) == [0, 1]
    assert _found("finetuning", *texts) == [0, 1]


def test_a_wildcard_is_taken_as_it_stands():
    words = keyword_term("finetun*").words
    (feature,) = Synonyms(_index("fine tuning", "finetuning")).features(words, [(0, 1)])
    assert feature == (words,)
