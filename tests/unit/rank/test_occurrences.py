from hypothesis import given
from hypothesis import strategies as st

from digest.core.rank.index import TextIndex
from digest.core.rank.occurrences import find
from digest.core.rank.terms import phrase

WORDS = st.sampled_from(["ab", "cd", "ef", "."])
TEXTS = st.lists(st.lists(WORDS, max_size=12).map(" ".join), max_size=4)
PHRASES = st.lists(
    st.lists(st.sampled_from(["ab", "cd", "ef", "c*"]), min_size=1, max_size=3).map(tuple),
    max_size=5,
    unique=True,
)


def _fits(asked, word):
    return word.startswith(asked[:-1]) if asked.endswith("*") else word == asked


def _slow_count(words, text):
    tokens = text.split()
    windows = zip(*(tokens[start:] for start in range(len(words))), strict=False)
    return sum(all(map(_fits, words, window)) for window in windows)


@given(texts=TEXTS, phrases=PHRASES)
def test_one_sweep_finds_what_looking_for_each_phrase_finds(texts, phrases):
    index = TextIndex([(text, "") for text in texts])
    found = find(index, index.full, [phrase(" ".join(words)) for words in phrases])
    counts = dict(zip(found.keys.tolist(), found.in_title.tolist(), strict=True))
    expected = {
        number * len(texts) + place: count
        for number, words in enumerate(phrases)
        for place, text in enumerate(texts)
        if (count := _slow_count(words, text))
    }
    assert counts == expected


def test_title_and_abstract_are_counted_apart_and_never_joined():
    index = TextIndex([("dense retrieval, dense", "retrieval by dense retrieval")])
    found = find(index, index.full, [phrase("dense retrieval"), phrase("dense retrieval by")])
    assert (found.in_title.tolist(), found.in_abstract.tolist()) == ([1], [1])
