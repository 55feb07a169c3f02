"""Texts become the numbers that BERT's uncased models were trained on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.semantic.encoder import vocabulary
from digest.semantic.wordpiece import MOST_TOKENS, WordPiece

PIECES = vocabulary()
WORDS = WordPiece(PIECES)


def pieces(text):
    return [PIECES[number] for number in WORDS.numbers(text)][1:-1]


def test_vocabulary_is_bert_s():
    assert len(PIECES) == len(set(PIECES)) == 30_522
    assert [PIECES[number] for number in (0, 100, 101, 102, 103)] == [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Dense retrieval", [101, 9742, 26384, 102]),
        ("naïve Bayes", [101, 15743, 3016, 2229, 102]),
        ("BERT-based re-ranking", [101, 14324, 1011, 2241, 2128, 1011, 5464, 102]),
        ("unaffable", [101, 14477, 20961, 3468, 102]),
        ("don't", [101, 2123, 1005, 1056, 102]),
        ("", [101, 102]),
    ],
)
def test_numbers_are_those_of_the_reference(text, numbers):
    assert WORDS.numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Él está aquí", ["el", "est", "##a", "a", "##qui"]),
        ("C++/Rust: 3.14", ["c", "+", "+", "/", "rust", ":", "3", ".", "14"]),
        ("机器学习 model", ["[UNK]", "[UNK]", "学", "[UNK]", "model"]),
        ("ΔΦ", ["δ", "##φ"]),
        ("LoRA: low-rank adaptation", ["lo", "##ra", ":", "low", "-", "rank", "adaptation"]),
        ("a\x00b\ufffdc\u200bd", ["abc", "##d"]),
        ("\ufb01ne-tuning", ["\ufb01", "##ne", "-", "tuning"]),
        ("½ × ∑x²", ["½", "×", "[UNK]"]),
        ("a\tb\u2028c\u00a0d", ["a", "b", "c", "d"]),
        ("x" * 101, ["[UNK]"]),
        ("[SEP] and [MASK]", ["[", "sep", "]", "and", "[", "mask", "]"]),
    ],
)
def test_words_are_cut_into_the_longest_known_pieces(text, expected):
    assert pieces(text) == expected


def test_long_text_is_cut_and_still_ends_with_its_mark():
    numbers = WORDS.numbers("paper " * 1000)
    assert len(numbers) == MOST_TOKENS
    assert (numbers[0], numbers[-1]) == (101, 102)


def test_vocabulary_without_marks_is_refused():
    with pytest.raises(KeyError, match="CLS"):
        WordPiece(["a", "b"])


@given(st.text() | st.text(alphabet=st.characters(min_codepoint=0x2000)))
def test_any_text_becomes_few_known_numbers(text):
    numbers = WORDS.numbers(text)
    assert 2 <= len(numbers) <= MOST_TOKENS
    assert all(0 <= number < len(PIECES) for number in numbers)
    assert not {101, 102} & set(numbers[1:-1])


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_case_makes_no_difference(text):
    assert WORDS.numbers(text.upper()) == WORDS.numbers(text.lower())
