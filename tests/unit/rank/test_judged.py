"""Papers that a reader judged, and what is kept out."""

import numpy as np
import pytest

from digest.core.edition import ReasonKind
from digest.core.paper import PaperId
from digest.core.rank import Pool, Profile, explain, rank, score_all
from digest.core.rank.board import Board
from digest.core.subscriber import Interests
from tests.builders import a_paper, interests
from tests.ranking import FILLER, papers, picks, score

# what blocks


@pytest.mark.parametrize(
    "excluded", ["survey", "surveys", "surv*", "of agents", "a survey of agents"]
)
def test_excluded_word_or_phrase_blocks_wherever_it_stands(excluded):
    found = papers(
        "A Survey of Agents", ("Agents", "This is a survey of agents."), "Agents of change"
    )
    wanted = interests("agents", exclude=(excluded,))
    assert picks(found, wanted) == [2]


@pytest.mark.parametrize("excluded", ["agents survey", "sur", "agents change", "--", ""])
def test_exclusion_wants_whole_words_side_by_side(excluded):
    assert picks(
        papers("A Survey of Agents of Change"), interests("agents", exclude=(excluded,))
    ) == [0]


def test_exclusion_blocks_followed_authors_too():
    found = [a_paper(title="A survey", authors=("Ada Lovelace",))]
    assert picks(found, Interests(authors=("Ada Lovelace",), exclude=("survey",))) == []


def test_only_candidates_come_into_question():
    found = papers("Agents one", "Agents two", "Agents three")
    profiles = [Profile(id=name, interests=interests("agents")) for name in "abc"]
    mask = np.zeros(len(found), np.bool_)
    mask[2] = True
    rankings = rank(Pool(found), profiles, candidates=[None, np.array([1]), mask])
    assert [[m.paper.title[7:] for m in r.matches] for r in rankings] == [
        ["one", "two", "three"],
        ["two"],
        ["three"],
    ]
    assert [r.matched for r in rankings] == [3, 1, 1]


# liked papers


def test_papers_like_a_liked_one_are_drawn():
    liked = a_paper("2005.11401", title="Speech in noisy rooms", abstract="Recognition of speech.")
    found = papers("Speech recognition for noisy rooms", "Fog")
    profile = Profile(id="ada", interests=Interests(liked=(liked.id,)))
    [ranking] = rank(Pool(found), [profile], liked={liked.id: liked})
    assert ranking.matches[0].paper is found[0]
    [reason] = ranking.matches[0].reasons
    assert (reason.kind, reason.text) == (ReasonKind.LIKED, "Speech in noisy rooms")


def test_a_liked_paper_that_has_little_to_do_with_a_paper_is_not_told_beside_one_that_has():
    proteins = a_paper("2005.00001", title="Accurate structure prediction of folded proteins")
    search = a_paper("2005.00002", title="Structure of passage search with late interaction")
    found = papers("Structure prediction of folded proteins for all")
    texts = {paper.id: paper for paper in (proteins, search)}
    wanted = Interests(liked=(search.id, proteins.id))
    board = Board(Pool(found), [Profile(id="ada", interests=wanted)], liked=texts)
    points = float(board.sheet(range(1)).points[0, 0])
    [match] = board.matches(0, np.array([0]), np.array([points]))
    assert [reason.text for reason in match.reasons] == [proteins.title]
    assert sum(reason.points for reason in match.reasons) == pytest.approx(points, rel=1e-5)


def test_liked_paper_is_looked_up_in_the_pool_and_is_no_result():
    found = papers("Speech in noisy rooms", "Speech recognition in noisy rooms")
    assert picks(found, Interests(liked=(found[0].id,)))[0] == 1
    assert 0 not in picks(found, interests("speech", liked=(found[0].id,)))


def test_keywords_and_liked_papers_add_up():
    found = papers("Speech agents in rooms", "Agents on stage", "Fog in noisy rooms")
    liked = a_paper("2005.11401", title="Speech in rooms")
    profile = Profile(id="ada", interests=interests("agents", liked=(liked.id,)))
    [ranking] = rank(Pool(found), [profile], liked={liked.id: liked})
    assert ranking.matches[0].paper is found[0]
    assert {r.kind for r in ranking.matches[0].reasons} == {ReasonKind.TERM, ReasonKind.LIKED}


def test_liked_paper_of_unknown_text_changes_nothing():
    found = papers("Agents here")
    assert score(found, interests("agents", liked=(PaperId("arxiv:1"),))) == score(
        found, interests("agents")
    )


def test_saved_paper_counts_as_liked_and_is_told_apart():
    liked, saved = a_paper("2005.00001", title="Agents at sea"), a_paper("2005.00002", title="Fog")
    found = papers("Agents in fog at sea")
    texts = {paper.id: paper for paper in (liked, saved)}
    either = Interests(liked=(liked.id,), saved=(saved.id,))
    both = Interests(liked=(liked.id, saved.id))
    [apart], [as_one] = (
        rank(Pool(found), [Profile(id="ada", interests=wanted)], liked=texts)[0].matches
        for wanted in (either, both)
    )
    assert apart.score == as_one.score
    assert {reason.text: reason.kind for reason in apart.reasons} == {
        "Agents at sea": ReasonKind.LIKED,
        "Fog": ReasonKind.SAVED,
    }


def test_paper_in_the_library_counts_as_liked_and_is_told_apart():
    owned, saved = a_paper("2005.00001", title="Agents at sea"), a_paper("2005.00002", title="Fog")
    found = papers("Agents in fog at sea")
    texts = {paper.id: paper for paper in (owned, saved)}
    wanted = Interests(library=(owned.id,), saved=(saved.id,))
    [match] = rank(Pool(found), [Profile(id="ada", interests=wanted)], liked=texts)[0].matches
    assert {reason.text: reason.kind for reason in match.reasons} == {
        "Agents at sea": ReasonKind.LIBRARY,
        "Fog": ReasonKind.SAVED,
    }


def test_paper_in_the_library_is_no_result_and_the_explanation_says_so():
    found = papers("Agents here", "Coral agents")
    profile = Profile(id="ada", interests=interests("agents", library=(found[0].id,)))
    told = {each.paper.id: each.why for each in explain(Pool(found), profile).left_out}
    assert told[found[0].id] == "in the library already"


@pytest.mark.parametrize("verdict", ["liked", "saved", "disliked"])
def test_paper_that_was_judged_is_no_result_and_the_explanation_says_so(verdict):
    found = papers("Agents here", "Coral agents")
    profile = Profile(id="ada", interests=interests("agents", **{verdict: (found[0].id,)}))
    [ranking] = rank(Pool(found), [profile])
    assert found[0] not in [match.paper for match in ranking.matches]
    assert found[0].id not in [paper for _, paper, _ in score_all(Pool(found), [profile], top=9)]
    told = {each.paper.id: each.why for each in explain(Pool(found), profile).left_out}
    assert told[found[0].id] == f"{verdict} already"


# disliked papers


def test_neighbours_of_a_disliked_paper_sink_and_the_others_stay():
    disliked = a_paper("2005.11401", title="Speech agents in noisy rooms")
    found = papers("Speech agents for noisy rooms", "Agents of change", "Agents at sea")
    before = [score(found, interests("agents"), place) for place in range(3)]
    wanted = interests("agents", disliked=(disliked.id,))
    profile = Profile(id="ada", interests=wanted, limit=99)
    [ranking] = rank(Pool(found), [profile], liked={disliked.id: disliked})
    after = {match.paper.id: match.score for match in ranking.matches}
    assert after.get(found[0].id, 0.0) < before[0] / 2
    assert after[found[1].id] == pytest.approx(before[1], abs=0.05)
    assert after[found[2].id] == pytest.approx(before[2], abs=0.05)


def test_what_one_reader_dislikes_sinks_for_nobody_else():
    disliked = a_paper("2005.11401", title="Speech agents in noisy rooms")
    found = papers("Speech agents for noisy rooms", "Agents of change")
    sulky = Profile(id="eve", interests=interests("agents", disliked=(disliked.id,)))
    ada = Profile(id="ada", interests=interests("agents"))
    [_, with_her] = rank(Pool(found), [sulky, ada], liked={disliked.id: disliked})
    [alone] = rank(Pool(found), [ada])
    assert with_her.matches == alone.matches


def test_neighbour_of_one_of_many_disliked_papers_sinks_too():
    disliked = [
        a_paper(f"2005.0000{n}", title=title)
        for n, title in enumerate([*FILLER, "Speech agents in rooms"])
    ]
    found = papers("Speech agents in noisy rooms", "Agents of change")
    wanted = interests("agents", disliked=tuple(paper.id for paper in disliked))
    [ranking] = rank(
        Pool(found),
        [Profile(id="ada", interests=wanted)],
        liked={paper.id: paper for paper in disliked},
    )
    assert ranking.matches[0].paper is found[1]
    assert [m.score for m in ranking.matches if m.paper is found[0]] < [score(found, wanted) - 0.1]


def test_disliked_papers_take_less_than_liked_ones_give():
    known = a_paper("2005.11401", title="Speech in noisy rooms")
    twin = a_paper("2005.11402", title="Speech in noisy rooms")
    found = papers("Speech for noisy rooms")
    wanted = Interests(liked=(known.id,), disliked=(twin.id,))
    [ranking] = rank(
        Pool(found),
        [Profile(id="ada", interests=wanted)],
        liked={paper.id: paper for paper in (known, twin)},
    )
    assert ranking.matches[0].paper is found[0]


def test_what_a_disliked_paper_pushed_down_is_explained():
    disliked = a_paper("2005.11401", title="Speech agents in noisy rooms")
    found = papers(("Speech in noisy rooms", "An agent."))
    wanted = interests("agents", disliked=(disliked.id,))
    ranking = explain(
        Pool(found), Profile(id="ada", interests=wanted), liked={disliked.id: disliked}
    )
    assert [each.why for each in ranking.left_out] == [
        'pushed down by "Speech agents in noisy rooms"'
    ]


def test_dislikes_alone_draw_nothing():
    found = papers("Speech in noisy rooms", "Speech")
    assert picks(found, Interests(disliked=(found[0].id,))) == []
    assert Interests(disliked=(found[0].id,), exclude_authors=("A. Nother",)).is_empty


# authors who are not wanted


def test_excluded_author_blocks_a_paper_whatever_else_speaks_for_it():
    found = [
        a_paper("2406.00001", title="Agents", authors=("Ada Lovelace", "Bo Other")),
        a_paper("2406.00002", title="Agents of change", authors=("Bo Other",)),
        *papers(),
    ]
    wanted = interests("agents", authors=("Ada Lovelace",), exclude_authors=("Lovelace, A.",))
    assert picks(found, wanted) == [1]
    [told] = explain(Pool(found), Profile(id="ada", interests=wanted)).left_out
    assert told.why == 'excluded: the author "Lovelace, A."'
