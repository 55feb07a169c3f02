import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.paper import PaperId
from digest.core.profiles import MOST_WEIGHT, profile_from_record, unknown_keys
from digest.core.rank import Profile
from digest.core.subscriber import Interests, Keyword, TextField
from digest.errors import RecordError


def test_full_record_is_read():
    record = {
        "id": "ada",
        "keywords": ["dense  retrieval", {"term": "agents", "field": "title", "weight": -0.5}],
        "text": "search engines",
        "exclude": ["survey"],
        "categories": ["cs.IR"],
        "authors": ["Y. Bengio"],
        "liked": ["2005.11401v2", "note-1"],
        "saved": ["2005.11402"],
        "disliked": ["doi:10.1000/X"],
        "exclude_authors": ["A. Nother"],
        "group": "unknown keys are left alone",
    }
    assert profile_from_record(record) == Profile(
        id="ada",
        interests=Interests(
            keywords=(
                Keyword(term="dense retrieval"),
                Keyword(term="agents", field=TextField.TITLE, weight=-0.5),
            ),
            text="search engines",
            exclude=("survey",),
            categories=("cs.IR",),
            authors=("Y. Bengio",),
            liked=(PaperId("arxiv:2005.11401"), PaperId("paper:note-1")),
            saved=(PaperId("arxiv:2005.11402"),),
            disliked=(PaperId("doi:10.1000/x"),),
            exclude_authors=("A. Nother",),
        ),
    )


def test_weights_stand_beside_keywords_and_a_keyword_s_own_weight_wins():
    record = {
        "id": "a",
        "keywords": ["x", {"term": "y", "weight": 3}, "z"],
        "weights": [1, 2, None],
    }
    keywords = profile_from_record(record).interests.keywords
    assert [keyword.weight for keyword in keywords] == [1.0, 3.0, 1.0]


def test_an_id_is_kept_as_it_is_written():
    assert profile_from_record({"id": " a  b\u200b", "text": "x"}).id == " a  b\u200b"


def test_notes_of_whoever_wrote_the_file_are_left_alone():
    record = {"id": "a", "liked": ["x"], "n_liked": 1, "source": "list", "kind": "", "group": None}
    assert profile_from_record(record).id == "a"
    assert unknown_keys(record) == ("n_liked", "source", "kind", "group")


def test_null_is_the_same_as_missing():
    record = {"id": "a", "text": "x", "keywords": None, "weights": None, "liked": None}
    assert profile_from_record(record).interests == Interests(text="x")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": None}, "id: it is missing, a text is needed"),
        (
            {"exlude": ["x"]},
            (
                "'exlude': unknown key, did you mean 'exclude'? allowed: id, keywords, weights, "
                "text, exclude, categories, authors, exclude_authors, liked, saved, disliked"
            ),
        ),
        (
            {"keywords": [{"term": "x", "wieght": 2}]},
            "keywords: 'wieght': unknown key, allowed: term, weight, field",
        ),
        ({"id": "a\tb"}, r"id: 'a\tb' has control characters, none are allowed"),
        ({"id": "a\ud800"}, r"id: 'a\ud800' has control characters, none are allowed"),
        ({"id": 7}, "id: 7 is not allowed, it must be a text or null"),
        (
            {"text": None},
            "keywords, text, categories, authors, liked, saved: all are missing, one is needed",
        ),
        ({"text": ["x"]}, "text: a list is not allowed, it must be a text or null"),
        ({"keywords": "x"}, "keywords: 'x' is not allowed, it must be a list or null"),
        (
            {"keywords": [""]},
            'keywords: \'\' is not allowed, it must be a text or {"term": "a text"}',
        ),
        (
            {"keywords": [None]},
            'keywords: null is not allowed, it must be a text or {"term": "a text"}',
        ),
        (
            {"keywords": ["x"], "weights": [1, 2]},
            "weights: 2 for 1 keywords, one for each is needed",
        ),
        (
            {"keywords": ["x"], "weights": ["heavy"]},
            "weight: 'heavy' is not allowed, it must be a number or null",
        ),
        (
            {"keywords": ["x"], "weights": [True]},
            "weight: true is not allowed, it must be a number or null",
        ),
        (
            {"keywords": ["x"], "weights": [1e9]},
            "weight: 1000000000.0 is not allowed, it must be from -100.0 to 100.0",
        ),
        (
            {"keywords": ["x"], "weights": [float("nan")]},
            "weight: nan is not allowed, it must be from -100.0 to 100.0",
        ),
        (
            {"keywords": [{"term": "x", "field": "authors"}]},
            'field: \'authors\' is not allowed, it must be "title" or "abstract"',
        ),
        ({"disliked": [1]}, "disliked: 1 is not allowed, it must be a list of texts"),
        ({"saved": "x"}, "saved: 'x' is not allowed, it must be a list or null"),
        ({"exclude": [1]}, "exclude: 1 is not allowed, it must be a list of texts"),
    ],
)
def test_wrong_record_is_refused_with_one_clear_line(changes, message):
    with pytest.raises(RecordError) as caught:
        profile_from_record({"id": "a", "text": "x"} | changes)
    assert str(caught.value) == message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["term", "weight", "field"]), inner, max_size=3)
    ),
    max_leaves=5,
)
LISTS = ["exclude", "categories", "authors", "liked", "saved", "disliked", "exclude_authors"]
KEYS = st.sampled_from(["id", "keywords", "weights", "text", *LISTS])


@given(st.dictionaries(KEYS, JSON))
def test_any_json_is_read_or_refused(record):
    with suppress(RecordError):
        profile = profile_from_record(json.loads(json.dumps(record)))
        assert profile.id
        assert all(abs(keyword.weight) <= MOST_WEIGHT for keyword in profile.interests.keywords)
