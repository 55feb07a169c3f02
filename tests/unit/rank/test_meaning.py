"""Nearness in meaning, on made-up vectors of four numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from digest.core.edition import ReasonKind
from digest.core.rank import Meanings, Pool, Profile, explain, rank, said_by, score_all, text_of
from digest.core.rank.meanings import NEAR, Space
from digest.core.rank.scale import points_for
from digest.core.rank.view import FLOOR
from digest.core.subscriber import Interests, Keyword
from tests.builders import a_paper, interests

SEARCH, VISION, FOOD, LAW = np.eye(4, dtype=np.float32)
NOWHERE = np.zeros(4, np.float32)


def papers(*titles):
    return [a_paper(f"2406.{number:05}", title=title) for number, title in enumerate(titles, 1)]


FOUND = papers("Ranking passages", "Painting pictures", "Baking bread", "Suing banks")
VECTORS = np.stack([SEARCH, VISION, FOOD, LAW])


def meanings(phrases=None, liked=None):
    return Meanings(phrases=phrases or {}, liked=liked or {})


def ranked(wanted, known, *, vectors=VECTORS, found=FOUND, liked=None, **options):
    profile = Profile(id="ada", interests=wanted, **options)
    pool = Pool(found, vectors=vectors)
    return rank(pool, [profile], liked=liked or {}, meanings=known)[0]


def test_paper_is_found_that_has_none_of_the_words():
    wanted = interests("document retrieval")
    [match] = ranked(wanted, meanings({"document retrieval": SEARCH})).matches
    assert match.paper == FOUND[0]
    [reason] = match.reasons
    assert (reason.kind, reason.text) == (ReasonKind.MEANING, "document retrieval")


def test_without_vectors_ranking_is_by_words():
    wanted, known = interests("document retrieval"), meanings({"document retrieval": SEARCH})
    assert ranked(wanted, known, vectors=None).matches == ()
    assert ranked(wanted, None).matches == ()
    assert ranked(wanted, meanings()).matches == ()


def test_a_paper_among_near_ones_keeps_more_of_its_nearness_than_one_by_itself():
    among, alone = SEARCH + VISION, SEARCH + FOOD
    view = Space(np.stack([among, SEARCH, SEARCH + 0.1 * VISION, alone, FOOD + LAW, FOOD])).whole
    seen = view.seen(np.stack([SEARCH]))
    own = (seen @ view.papers.T - FLOOR)[0]
    kept = view.nearness(seen).toarray()[0] / own
    assert kept[0] > kept[3] > 0


def test_words_and_meaning_together_beat_either():
    found = papers("Dense retrieval", "Dense retrieval", "Finding passages", "Baking bread")
    vectors = np.stack([SEARCH, FOOD, SEARCH, LAW])
    pool = Pool(found, vectors=vectors)
    profile = Profile(id="ada", interests=interests("dense retrieval"))
    told = score_all(pool, [profile], meanings=meanings({"dense retrieval": SEARCH}), top=9)
    assert next(told)[1] == found[0].id


def test_clear_match_in_words_and_meaning_scores_about_as_one_in_words_alone():
    filler = [f"Other things {number}" for number in range(30)]
    found = papers("Dense retrieval", *filler)
    vectors = np.stack([SEARCH, *([VISION, FOOD, LAW] * 10)])
    wanted = interests("dense retrieval")
    [both, *_] = ranked(
        wanted, meanings({"dense retrieval": SEARCH}), vectors=vectors, found=found
    ).matches
    [words, *_] = ranked(wanted, None, found=found).matches
    assert both.score == pytest.approx(words.score, abs=0.15)


def test_papers_that_answer_a_phrase_draw_others_like_them():
    words = papers(*(f"Quokka {number}" for number in "abc"), "Diets", "Painting", "Suing banks")
    vectors = np.stack([FOOD, FOOD, FOOD, FOOD, VISION, LAW])
    matches = ranked(
        interests("quokka"), meanings({"quokka": SEARCH}), vectors=vectors, found=words
    ).matches
    assert {match.paper for match in matches[:3]} == set(words[:3])
    assert [match.paper for match in matches[3:]] == [words[3]]
    assert [reason.kind for reason in matches[3].reasons] == [ReasonKind.MEANING]


def test_faint_nearness_orders_papers_but_is_no_match():
    cosine = (FLOOR + NEAR) / 2
    faint = (cosine * SEARCH + np.sqrt(1 - cosine**2) * LAW).astype(np.float32)
    vectors = np.stack([faint, VISION, FOOD, NOWHERE])
    wanted, known = interests("document retrieval"), meanings({"document retrieval": SEARCH})
    view = Space(vectors).apart
    assert FLOOR < float(view.seen(SEARCH[None])[0] @ view.papers[0]) < NEAR
    assert ranked(wanted, known, vectors=vectors).matches == ()
    profile = Profile(id="ada", interests=wanted)
    told = score_all(Pool(FOUND, vectors=vectors), [profile], meanings=known, top=9)
    assert next(told)[1] == FOUND[0].id


def test_liked_paper_draws_what_is_near_to_it():
    liked = a_paper("2005.00001", title="How engines find things")
    wanted = Interests(liked=(liked.id,))
    known = meanings(liked={liked.id: SEARCH})
    [match] = ranked(wanted, known, liked={liked.id: liked}).matches
    assert match.paper == FOUND[0]
    assert match.reasons[0].text == liked.title


def test_liked_paper_whose_meaning_nobody_found_out_draws_by_its_words():
    liked = a_paper("2005.11401", title="Ranking of passages")
    known = meanings({"bread": FOOD})
    wanted = Interests(liked=(liked.id,))
    [match] = ranked(wanted, known, liked={liked.id: liked}).matches
    assert match.paper == FOUND[0]
    assert [reason.kind for reason in match.reasons] == [ReasonKind.LIKED]


def test_keyword_that_pushes_down_draws_nothing():
    wanted = Interests(keywords=(Keyword(term="a"), Keyword(term="bread", weight=-1.0)))
    assert list(said_by(wanted)) == ["a"]
    known = meanings({"a": LAW, "bread": FOOD})
    assert FOUND[2] not in [match.paper for match in ranked(wanted, known).matches]


def test_reader_who_only_pushes_down_gets_nothing():
    wanted = Interests(keywords=(Keyword(term="bread", weight=-1.0),))
    assert ranked(wanted, meanings({"bread": FOOD})).matches == ()


def test_unknown_papers_and_phrases_are_left_to_their_words():
    wanted = interests("ranking", "sculpture")
    vectors = np.stack([NOWHERE, VISION, FOOD, LAW])
    found = {
        match.paper: match.reasons
        for match in ranked(wanted, meanings({"sculpture": VISION}), vectors=vectors).matches
    }
    assert [reason.kind for reason in found[FOUND[0]]] == [ReasonKind.TERM]
    assert found[FOUND[1]][0].text == "sculpture"


def test_free_words_are_told_shortened():
    text = "How do engines find the passages that answer a question? " * 9
    [match] = ranked(Interests(text=text), meanings({text.strip(): SEARCH})).matches
    assert len(match.reasons[0].text) <= 120
    assert match.reasons[0].text.startswith("How do engines find")


def test_what_stands_for_papers_and_wishes():
    assert text_of(a_paper(title=" A ", abstract="B")) == "A. B"
    assert text_of(a_paper(title="A", abstract="")) == "A"
    wanted = Interests(keywords=(Keyword(term="dense retriev*"), Keyword(term="*")), text=" x ")
    assert list(said_by(wanted)) == ["dense retriev", "x"]


def test_middle_of_one_field_does_not_count_as_nearness():
    topics = np.eye(100, dtype=np.float32)[np.arange(500) % 100]
    alike = 1 + 10 * topics
    alike /= np.linalg.norm(alike, axis=1, keepdims=True)
    view = Space(alike).whole
    nearness = view.nearness(view.seen(alike[:1])).toarray()[0]
    assert nearness[0] == pytest.approx(1 - FLOOR, abs=0.05)
    assert nearness[1] == 0


VECTOR = arrays(np.float32, 4, elements=st.sampled_from([-1.0, 0.0, 0.5, 1.0]))


@given(st.lists(VECTOR, min_size=4, max_size=4), VECTOR, VECTOR, VECTOR)
def test_reasons_add_up_to_the_score(vectors, one, two, three):
    liked = a_paper("2005.00001", title="Bread")
    wanted = Interests(
        keywords=(Keyword(term="ranking"), Keyword(term="bread", weight=0.5)),
        text="pictures of banks",
        liked=(liked.id,),
    )
    known = meanings({"ranking": one, "bread": two, "pictures of banks": two}, {liked.id: three})
    pool = Pool(FOUND, vectors=np.stack(vectors))
    profile = Profile(id="ada", interests=wanted)
    told = explain(pool, profile, liked={liked.id: liked}, meanings=known)
    for match in told.matches:
        assert sum(reason.points for reason in match.reasons) == pytest.approx(
            points_for(match.score), rel=1e-3, abs=1e-4
        )
        assert 0 <= match.score <= 1
