"""What draws papers: words and phrases, authors, categories and signals."""

from dataclasses import replace

import pytest

from digest.core.edition import ReasonKind
from digest.core.paper import Signals
from digest.core.rank import Pool, Profile, rank
from digest.core.subscriber import Interests, Keyword, TextField
from tests.builders import a_paper, interests
from tests.ranking import keyword, papers, picks, score

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
    found = papers("Dense fog", "Dense retrieval", "Data retrieval")
    [ranking] = rank(Pool(found), [Profile(id="a", interests=interests("dense retriev*"))])
    whole, *halves = ranking.matches
    assert all(half.score < whole.score / 2 for half in halves)
    told = [reason.text for match in ranking.matches for reason in match.reasons]
    assert told == ["dense retriev*", "dense", "retriev*"]


def test_the_lesser_half_of_a_phrase_is_no_match():
    found = papers("Real estate", "Sim to real", "Real numbers", "Real analysis")
    assert picks(found, interests("sim to real")) == [1]


def test_care_is_a_subject_unless_somebody_cares_about_one():
    found = papers("Health care", "Care homes")
    assert picks(found, Interests(text="I care about health")) == [0]
    assert picks(found, Interests(text="I care most about care homes"))[0] == 1


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
