"""What a wish in free words wants, and what it does not want."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.negation import split_wish
from digest.core.subscriber import Interests


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        (
            "I care about language models but not about vision.",
            "I care about language models",
            "vision",
        ),
        ("Retrieval, but not on images or video", "Retrieval", "images or video"),
        ("Retrieval (but not of images) and ranking", "Retrieval and ranking", "of images"),
        (
            "Graph learning. I'm not interested in molecules, proteins or drugs. Also maps.",
            "Graph learning. Also maps.",
            "molecules, proteins or drugs",
        ),
        ("Ranking. Not interested in advertising", "Ranking.", "advertising"),
        ("Robots excluding drones", "Robots", "drones"),
        ("Everything on agents except for games", "Everything on agents", "games"),
        ("Agents, except games", "Agents", "games"),
        ("Agents; nothing about games, please!", "Agents", "games, please"),
        ("No papers on games", "", "games"),
        ("Speech. Please no more papers about music.", "Speech.", "music"),
        (
            "Speech but not music, but I love singing",
            "Speech but I love singing",
            "music",
        ),
        ("Speech but not papers about music", "Speech", "music"),
    ],
)
def test_clause_that_denies_is_taken_apart(text, wanted, unwanted):
    assert split_wish(text) == (wanted, unwanted)


@pytest.mark.parametrize(
    "text",
    [
        "not only retrieval but also ranking",
        "retrieval but not only dense",
        "retrieval, but not necessarily of text",
        "no-reference image quality",
        "learning without supervision",
        "models that do not hallucinate",
        "no free lunch theorems",
        "why nothing works",
        "non-negative matrix factorisation",
        "exceptional groups and exceptions in compilers",
        "games with no papers",
        "not-only SQL",
        "I want papers on cascades of language models.",
        "agents, but not",
        "",
    ],
)
def test_subject_that_only_sounds_like_denial_stays_whole(text):
    assert split_wish(text) == (text, "")


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                "but",
                "not",
                "about",
                "nothing",
                "except",
                "for",
                "no",
                "papers",
                "on",
                "games",
                ".",
                ",",
            ]
        )
    ).map(" ".join)
)
def test_any_text_is_split_into_parts_of_it(text):
    wanted, unwanted = split_wish(text)
    assert all(word in text for word in (*wanted.split(), *unwanted.split()))
    assert len(wanted) + len(unwanted) <= len(text) + 1


def test_wish_that_only_denies_draws_nothing():
    assert Interests(text="Nothing about games").is_empty
    assert not Interests(text="Maps, but not games").is_empty
