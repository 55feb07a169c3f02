"""What is chosen of what matches, its scores, and the reasons told."""

import gc
import re

import numpy as np
import pytest

from digest.core.paper import Signals
from digest.core.rank import Pool, Profile, explain, rank, score_all
from digest.core.subscriber import Interests, Keyword, TextField
from tests.builders import a_paper, interests
from tests.ranking import keyword, papers, picks, score

# selection


def test_equal_papers_keep_the_order_of_the_pool():
    assert picks(papers("Agents a", "Agents b", "Agents c"), interests("agents")) == [0, 1, 2]


def test_one_title_is_shown_once_even_at_the_limit():
    found = papers("Agents: here!", "Agents — here", "Agents at sea", "Agents in air")
    assert picks(found, interests("agents"), limit=2) == [0, 2]


def test_papers_without_a_title_are_not_each_other_s_twins():
    found = [a_paper(f"2406.0000{n}", title="", abstract="agents") for n in (1, 2)]
    assert picks(found, interests("agents")) == [0, 1]


def test_limit_and_least_score_cut_and_matched_counts_all():
    found = papers(
        ("Agents", "Agents."), *(("Fog", f"Agents{' and fog' * n}.") for n in range(1, 5))
    )
    least = score(found, interests("agents"), 1) + 1e-4
    assert picks(found, interests("agents"), min_score=least) == [0]
    assert picks(found, interests("agents"), limit=0) == []
    [ranking] = rank(Pool(found), [Profile(id="a", interests=interests("agents"), limit=1)])
    assert (len(ranking.matches), ranking.matched) == (1, 5)


def test_unreachable_least_score_leaves_nothing():
    assert picks(papers("Agents"), interests("agents"), min_score=1.0) == []


def test_min_score_keeps_no_paper_from_readers_who_name_categories_alone():
    found = [a_paper("1", categories=("cs.IR",)), a_paper("2", categories=("cs.CV",))]
    pushed = (Keyword(term="agents", weight=-1.0),)
    for wanted in (
        Interests(categories=("cs.IR",)),
        Interests(categories=("cs.IR",), keywords=pushed, text="nothing about fish"),
    ):
        profile = Profile(id="ada", interests=wanted, min_score=0.5)
        assert picks(found, wanted, min_score=0.5) == [0]
        assert [match.paper for match in explain(Pool(found), profile).matches] == found[:1]


def test_min_score_keeps_out_what_is_in_a_category_and_nothing_else_beside_other_interests():
    found = [a_paper("1", categories=("cs.IR",)), a_paper("2", title="Agents")]
    assert picks(found, interests("agents", categories=("cs.IR",)), min_score=0.5) == [1]


def test_least_score_equal_to_a_paper_s_score_lets_it_in():
    found = papers("Agents here")
    assert picks(found, interests("agents"), min_score=score(found, interests("agents"))) == [0]


@pytest.mark.parametrize("found", [[], papers()])
def test_nobody_gets_anything_from_nothing(found):
    everything = interests(
        "agents", text="more agents", exclude=("x",), categories=("cs.IR",), authors=("A B",)
    )
    liked = a_paper("2005.11401", title="Agents")
    profiles = [
        Profile(id="a", interests=Interests()),
        Profile(id="b", interests=everything),
        Profile(id="c", interests=Interests(liked=(liked.id,))),
    ]
    rankings = rank(Pool(found), profiles, liked={liked.id: liked})
    assert [ranking.matches for ranking in rankings] == [(), (), ()]
    assert rank(Pool(found), []) == []


def test_readers_do_not_disturb_each_other_in_any_number(monkeypatch):
    monkeypatch.setattr("digest.core.rank.board._MOST_CELLS", 20)
    monkeypatch.setattr("digest.core.rank.cover._MOST_CELLS", 20)
    found = papers("Agents here", "Fog over agents", "Dense retrieval")
    terms = ["agents", "fog", "dense retrieval", "coral reefs", "robot hands", "lattice"]
    profiles = [Profile(id=term, interests=interests(term)) for term in terms]
    together = rank(Pool(found), profiles)
    alone = [rank(Pool(found), [profile])[0] for profile in profiles]
    assert [ranking.profile_id for ranking in together] == terms
    assert [ranking.matches for ranking in together] == [ranking.matches for ranking in alone]


@pytest.mark.parametrize("terms", [("agents", "fog"), ("fog", "agents")])
def test_reasons_worth_the_same_are_told_as_the_reader_wrote_the_keywords(terms):
    wanted = [("fog", "agents"), terms]
    profiles = [Profile(id=f"{terms}", interests=interests(*terms)) for terms in wanted]
    _, ranking = rank(Pool(papers("Agents in fog")), profiles)
    [match] = ranking.matches
    assert [reason.text for reason in match.reasons] == [*terms]


def test_a_ranking_that_nobody_holds_any_more_is_gone_at_once():
    gc.collect()
    gc.disable()
    try:
        wanted = interests("agents", text="agents in fog, but not rain")
        [ranking] = rank(Pool(papers("Agents in fog")), [Profile(id="ada", interests=wanted)])
        assert ranking.matches
        del ranking
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_background_makes_words_common():
    found = papers("Agents", "Cascades")
    wanted = interests("agents", "cascades")
    many = papers(*["Agents again"] * 40)
    [ranking] = rank(Pool(found, background=many), [Profile(id="a", interests=wanted)])
    assert [match.paper.title for match in ranking.matches] == ["Cascades", "Agents"]


def test_too_many_papers_are_refused(monkeypatch):
    monkeypatch.setattr("digest.core.rank.pool.MOST_PAPERS", 3)
    with pytest.raises(ValueError, match="7 papers, at most 2 can be ranked"):
        Pool(papers("Agents"))


# scores


def test_clear_match_scores_three_quarters_for_every_reader():
    found = papers(("Agents", "Agents."), ("Dense retrieval", "Dense retrieval."))
    assert score(found, interests("agents")) == pytest.approx(0.75, abs=0.03)
    assert score(found, interests("dense retrieval"), 1) == pytest.approx(0.75, abs=0.03)


def test_keyword_that_nobody_writes_about_does_not_starve_the_others():
    found = papers(("Agents", "Agents."))
    assert score(found, interests("agents", "zymurgy")) > 0.5


def test_batch_scores_reach_down_to_faint_resemblance():
    found = papers("Dense retrieval of long passages", "Long fog")
    wanted = interests("dense retrieval of long passages", exclude=("coral",))
    profile = Profile(id="ada", interests=wanted)
    assert picks(found, wanted) == [0]
    told = list(score_all(Pool(found), [profile], top=9))
    assert [(name, paper) for name, paper, _ in told] == [
        ("ada", found[0].id),
        ("ada", found[1].id),
    ]
    assert told[0][2] > told[1][2] > 0
    assert list(score_all(Pool(found), [profile], top=1)) == told[:1]


# reasons


def test_reasons_name_the_reader_s_words_place_and_count():
    found = papers(
        ("Dense  Retrieval", "Dense retrieval by agents. Dense retrieval! Passages are retrieved.")
    )
    wanted = interests(" Dense retrieval ", "Agents", "passages retrieved")
    [ranking] = rank(Pool(found), [Profile(id="a", interests=wanted)])
    told = {reason.text: (reason.field, reason.count) for reason in ranking.matches[0].reasons}
    assert told == {
        "Dense retrieval": (None, 3),
        "Agents": (TextField.ABSTRACT, 1),
        "passages retrieved": (TextField.ABSTRACT, 1),
    }


@pytest.mark.parametrize(
    ("field", "place"),
    [
        (None, (None, 2)),
        (TextField.TITLE, (TextField.TITLE, 1)),
        (TextField.ABSTRACT, (TextField.ABSTRACT, 1)),
    ],
)
def test_reason_tells_only_the_field_that_was_asked_for(field, place):
    [ranking] = rank(
        Pool(papers(("Agents", "Agents."))),
        [Profile(id="a", interests=keyword("agents", field=field))],
    )
    [reason] = ranking.matches[0].reasons
    assert (reason.field, reason.count) == place


def test_words_spread_over_title_and_abstract_have_no_place():
    [ranking] = rank(
        Pool(papers(("Dense fog", "Of retrieval."))),
        [Profile(id="a", interests=interests("dense retrieval"))],
    )
    [reason] = ranking.matches[0].reasons
    assert (reason.field, reason.count) == (None, 1)


def test_reasons_of_all_kinds_come_strongest_first():
    found = [
        a_paper(
            title="Dense retrieval for agents",
            authors=("Ada Lovelace",),
            categories=("cs.IR",),
            signals=Signals(upvotes=5),
        ),
        *papers(),
    ]
    wanted = interests(
        "dense retrieval",
        text="agents on stage",
        authors=("A. Lovelace", "Ada Lovelace"),
        categories=("cs.IR", "cs.*"),
    )
    [ranking] = rank(Pool(found), [Profile(id="a", interests=wanted)])
    reasons = ranking.matches[0].reasons
    assert [reason.points for reason in reasons] == sorted(
        (r.points for r in reasons), reverse=True
    )
    assert {(reason.kind.value, reason.text) for reason in reasons} == {
        ("term", "dense retrieval"),
        ("text", "agents"),
        ("author", "A. Lovelace"),
        ("author", "Ada Lovelace"),
        ("category", "cs.IR"),
        ("category", "cs.*"),
        ("signal", "upvotes"),
    }


def test_ranking_shows_itself_without_working_out_reasons():
    [ranking] = rank(Pool(papers("Agents")), [Profile(id="ada", interests=interests("agents"))])
    assert repr(ranking) == "Ranking(profile_id='ada', matched=1)"
    assert ranking.matches is ranking.matches


# explanations


def test_explanation_holds_every_match_and_why_the_rest_is_out():
    found = papers(
        ("Agents", "Agents."),
        ("A survey of agents", ""),
        ("Fog", "This is a survey of agents."),
        ("Agents!", ""),
        ("Fog and war", "Agents in a long abstract about fog and war and peace."),
        ("Quantum agents", ""),
        ("Agents that I like", ""),
    )
    wanted = Interests(
        keywords=(Keyword(term="agents"), Keyword(term="quantum", weight=-2)),
        exclude=("?", "survey"),
        liked=(found[6].id,),
    )
    profile = Profile(id="ada", interests=wanted, limit=1, min_score=0.6)
    ranking = explain(Pool(found), profile)
    assert [match.paper.title for match in ranking.matches] == ["Agents"]
    assert ranking.matched == 3
    told = {each.paper.title: each.why for each in ranking.left_out}
    low = told.pop("Fog and war")
    assert re.fullmatch(r"below min_score 0\.60 \(0\.[345]\d\)", low)
    assert told == {
        "A survey of agents": 'excluded: "survey" in the title',
        "Fog": 'excluded: "survey" in the abstract',
        "Agents!": "same work as arxiv:2406.00001",
        "Quantum agents": 'pushed down by "quantum"',
        "Agents that I like": "liked already",
    }


def test_explanation_passes_over_papers_that_were_no_candidates_or_only_pushed_down():
    found = papers("Agents here", "Agents there", "Quantum fog")
    wanted = Interests(keywords=(Keyword(term="agents"), Keyword(term="quantum", weight=-1)))
    considered = np.ones(len(found), np.bool_)
    considered[0] = False
    ranking = explain(Pool(found), Profile(id="a", interests=wanted), candidates=[considered])
    assert [match.paper.title for match in ranking.matches] == ["Agents there"]
    assert ranking.left_out == ()


def test_explanation_of_a_liked_paper_does_not_blame_an_exclusion():
    found = papers("Agents that I like")
    wanted = interests("agents", exclude=("survey",), liked=(found[0].id,))
    ranking = explain(Pool(found), Profile(id="a", interests=wanted))
    assert [each.why for each in ranking.left_out] == ["liked already"]
