"""What readers get: each rule of the ranking, on a few papers made for it."""

import re
from dataclasses import replace

import numpy as np
import pytest

from digest.core.edition import ReasonKind
from digest.core.paper import PaperId, Signals
from digest.core.rank import Pool, Profile, explain, rank, score_all
from digest.core.subscriber import Interests, Keyword, TextField
from tests.builders import a_paper, interests

FILLER = [  # other people's papers, which make words rare or common
    "Protein folding with symmetric networks",
    "A study of coral reefs in warm water",
    "Fair division of indivisible goods",
    "Grasping soft objects with robot hands",
    "Speech recognition for quiet rooms",
    "Lattice cryptography without trapdoors",
]


def papers(*texts):
    """Make papers of titles, or of (title, abstract), and the filler after them."""
    pairs = [text if isinstance(text, tuple) else (text, "") for text in (*texts, *FILLER)]
    return [
        a_paper(f"2406.{number:05}", title=title, abstract=abstract)
        for number, (title, abstract) in enumerate(pairs, 1)
    ]


def picks(found, wanted, **options):
    """Return the places in ``found`` of the papers that a reader gets, best first."""
    profile = Profile(id="ada", interests=wanted, **options)
    [ranking] = rank(Pool(found), [profile])
    return [found.index(match.paper) for match in ranking.matches]


def score(found, wanted, place=0):
    [ranking] = rank(Pool(found), [Profile(id="ada", interests=wanted, limit=99)])
    return {found.index(match.paper): match.score for match in ranking.matches}.get(place, 0.0)


def keyword(term, **fields):
    return Interests(keywords=(Keyword(term=term, **fields),))


# words and phrases


@pytest.mark.parametrize(
    ("term", "title"),
    [
        ("dense retrieval", "Dense Retrievers at scale"),
        ("retrieval-augmented generation", "Retrieval augmented generation"),
        ("cotraining", "Cotraining"),
        ("co-training", "Co-Training of classifiers"),
        ("Schrodinger", "Bridging Schrödinger"),
        ("图像生成", "基于扩散的图像生成"),
        ("C++", "Fuzzing C++ templates"),
        ("LLM", "LLMs as judges"),
        ("LLMs", "An LLM as a judge"),
        ("retriev*", "Retrieving passages"),
        ("dense retriev*", "On dense retrievability"),
    ],
)
def test_keyword_finds_other_forms_of_its_words(term, title):
    assert picks(papers(title), keyword(term)) == [0]


@pytest.mark.parametrize(
    ("term", "title"),
    [
        ("rag", "Storage for ragged arrays"),
        ("RAG", "Dragging and bragging"),
        ("map", "Mapping the sea floor"),
        ("C++", "Vitamin C and C#"),
        ("the", "The theory of the firm"),
        ("!?", "Is it? It is!"),
    ],
)
def test_keyword_does_not_find_other_words(term, title):
    assert picks(papers(title), keyword(term)) == []


def test_phrase_does_not_run_across_a_sentence_border():
    found = papers(
        ("X", "Fog is dense. Retrieval is hard."), ("Y", "Of dense retrieval is hard fog.")
    )
    assert picks(found, keyword("dense retrieval")) == [1, 0]


def test_exact_phrase_beats_scattered_words():
    found = papers(
        ("One", "Networks of roads and neural tissue drawn as a graph."),
        ("Two", "Roads and tissue drawn as graph neural networks and"),
    )
    assert picks(found, keyword("graph neural networks")) == [1, 0]


def test_title_counts_more_than_abstract():
    found = papers(
        ("Something else", "We study cascades."), ("Cascades", "We study something else.")
    )
    assert picks(found, keyword("cascades")) == [1, 0]


def test_keyword_for_the_title_does_not_look_in_the_abstract():
    found = papers(("Something else", "We study agents."), ("Agents", "We study something else."))
    assert picks(found, keyword("agents", field=TextField.TITLE)) == [1]
    assert picks(found, keyword("agents", field=TextField.ABSTRACT)) == [0]


def test_half_a_phrase_is_a_faint_match_and_tells_which_half():
    found = papers("Dense fog", "Dense retrieval")
    [ranking] = rank(Pool(found), [Profile(id="a", interests=interests("dense retriev*"))])
    whole, half = ranking.matches
    assert half.score < whole.score / 3
    assert [reason.text for reason in (*whole.reasons, *half.reasons)] == [
        "dense retriev*",
        "dense",
    ]


def test_rare_words_weigh_more_than_common_ones():
    found = papers("Learning cascades", "Learning to sort", "Learning to sing", "Learning to ski")
    assert picks(found, interests("learning", "cascades"))[0] == 0


def test_small_share_of_a_phrase_is_no_match():
    assert picks(papers("Language in court"), keyword("efficient language model cascades")) == []


def test_heavier_keyword_wins():
    found = papers("Diffusion of gases", "Agents of change")
    wanted = Interests(keywords=(Keyword(term="diffusion", weight=0.5), Keyword(term="agents")))
    assert picks(found, wanted) == [1, 0]


def test_negative_weight_pushes_down_and_out():
    found = papers("Quantum agents", "Agents of change in agents")
    pushed = Keyword(term="quantum", weight=-0.5)
    wanted = Interests(keywords=(Keyword(term="agents"), pushed))
    assert picks(found, wanted) == [1, 0]
    assert picks(
        found, Interests(keywords=(Keyword(term="agents"), Keyword(term="quantum", weight=-9)))
    ) == [1]


def test_one_term_in_two_spellings_counts_once():
    found = papers("LLM judges", "Agents of change")
    once, twice = interests("LLM", "agents"), interests("LLM", "llm", "agents")
    assert score(found, once) == score(found, twice)


def test_free_words_draw_papers_too():
    found = papers(("Cascades", "Small language models answer first."), "Fog")
    assert picks(found, Interests(text="I want papers on cascades of language models")) == [0]


def test_what_free_words_deny_pushes_papers_down():
    found = papers("Agents in games of chance", "Agents in court", "Games of chance")
    assert picks(found, Interests(text="Agents, but nothing about games of chance")) == [1]
    assert picks(found, interests("agents", text="Not interested in games of chance"))[0] == 1


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


# authors, categories, signals


def test_followed_author_is_always_in_and_on_top():
    found = [
        a_paper("2406.00001", title="Dense retrieval", abstract="Dense retrieval."),
        a_paper("2406.00002", title="Fog", authors=("Bengio, Yoshua", "Y. Bengio")),
    ]
    wanted = interests("dense retrieval", authors=("Yoshua Bengio", "Y. Bengio"))
    assert picks(found, wanted, min_score=0.99) == [1]
    assert picks(found, wanted) == [1, 0]


def test_the_community_s_say_is_each_reader_s_own_choice():
    found = papers("Agents in fog", "Agents in rain and in fog")
    found[1] = replace(found[1], signals=Signals(upvotes=500))
    assert picks(found, interests("agents"), trending_weight=0) == [0, 1]
    assert picks(found, interests("agents"), trending_weight=10) == [1, 0]
    [ranking] = rank(
        Pool(found), [Profile(id="a", interests=interests("agents"), trending_weight=0)]
    )
    assert all(
        reason.kind is not ReasonKind.SIGNAL
        for match in ranking.matches
        for reason in match.reasons
    )


def test_category_draws_papers_by_itself_but_below_a_match():
    found = [
        a_paper("2406.00001", title="Fog", categories=("cs.IR", "cs.CL")),
        a_paper("2406.00002", title="Dense retrieval"),
        a_paper("2406.00003", title="Other", categories=("math.CO",)),
    ]
    assert picks(found, Interests(categories=("cs.*", "cs.IR"))) == [0]
    assert picks(found, interests("dense retrieval", categories=("cs.IR",))) == [1, 0]


def test_category_decides_between_equal_matches():
    found = papers("Agents here", "Agents there")
    found[1] = a_paper("2406.00002", title="Agents there", categories=("cs.AI",))
    assert picks(found, interests("agents", categories=("cs.AI",))) == [1, 0]


def test_signals_decide_between_equal_matches_and_draw_nothing():
    found = papers("Agents here", "Agents there", "Fog")
    for place, upvotes in ((1, 50), (2, 9000)):
        old = found[place]
        found[place] = a_paper(old.id, title=old.title, signals=Signals(upvotes=upvotes))
    assert picks(found, interests("agents")) == [1, 0]


def test_signals_do_not_outrank_a_clear_match():
    found = papers(("Agents", "Agents."), ("Fog", "Not agents but fog, at length and in detail."))
    found[1] = a_paper(
        found[1].id, title="Fog", abstract=found[1].abstract, signals=Signals(upvotes=10**6)
    )
    assert picks(found, interests("agents")) == [0, 1]


# liked papers


def test_papers_like_a_liked_one_are_drawn():
    liked = a_paper("2005.11401", title="Speech in noisy rooms", abstract="Recognition of speech.")
    found = papers("Speech recognition for noisy rooms", "Fog")
    profile = Profile(id="ada", interests=Interests(liked=(liked.id,)))
    [ranking] = rank(Pool(found), [profile], liked={liked.id: liked})
    assert ranking.matches[0].paper is found[0]
    [reason] = ranking.matches[0].reasons
    assert (reason.kind, reason.text) == (ReasonKind.LIKED, "Speech in noisy rooms")


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
    monkeypatch.setattr("digest.core.rank.lexical._AT_ONCE", 2)
    found = papers("Agents here", "Fog over agents", "Dense retrieval")
    terms = ["agents", "fog", "dense retrieval", "coral reefs", "robot hands", "lattice"]
    profiles = [Profile(id=term, interests=interests(term)) for term in terms]
    together = rank(Pool(found), profiles)
    alone = [rank(Pool(found), [profile])[0] for profile in profiles]
    assert [ranking.profile_id for ranking in together] == terms
    assert [ranking.matches for ranking in together] == [ranking.matches for ranking in alone]


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
