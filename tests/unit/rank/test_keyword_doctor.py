"""Which keywords do not work, and what is said of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.rank import Pool
from digest.core.rank.keyword_doctor import FEWEST, Ailment, examine
from digest.core.rank.spelling import mistakes, suggestion
from digest.core.rank.terms import keyword_term
from digest.core.subscriber import Interests, Keyword, TextField
from tests.builders import a_paper, interests

TITLES = (
    *["Learning dense retrieval of passages"] * 5,
    *["Learning sparse retrieval of images"] * 5,
    *["Surveys of agents in games"] * 5,
    *["A diffusion of gases"] * 5,
    *["Learning something else"] * 10,
    *["Coral reefs in warm water"] * 25,
)
POOL = Pool([a_paper(f"2406.{n:05}", title=title) for n, title in enumerate(TITLES)])


def ailments(*terms, pool=POOL, **fields):
    return {remark.keyword: remark.ailment for remark in examine(pool, interests(*terms, **fields))}


def lines(*terms, **fields):
    return [remark.line for remark in examine(POOL, interests(*terms, **fields))]


def test_keywords_that_work_get_no_remark():
    assert lines("dense retrieval", "agents", "diffus*", exclude=("thesis",)) == []


@pytest.mark.parametrize(
    ("terms", "line"),
    [
        (["learning"], '"learning" is too broad: it hits 36% of 55 papers'),
        (["zymurgy"], '"zymurgy" hits none of 55 recent papers'),
        (
            ["dense retreival"],
            '"dense retreival" is in none of 55 recent papers; did you mean "dense retrieval"?',
        ),
        (["difusion"], '"difusion" is in none of 55 recent papers; did you mean "diffusion"?'),
        (
            ["dense retrieval", "retrieval"],
            '"dense retrieval" is covered by "retrieval", which hits the same and more',
        ),
        (
            ["retriev*", "sparse retrieval"],
            '"sparse retrieval" is covered by "retriev*", which hits the same and more',
        ),
        (["agents", "games"], '"games" hits the same 5 papers as "agents"'),
        (["retrieval", "Retrieving"], '"Retrieving" says the same as "retrieval"'),
        (["LLM", "LLMs", "zymurgy"], '"LLMs" says the same as "LLM"'),
        (["the"], '"the" has no word that says something'),
    ],
)
def test_keyword_that_does_not_work_is_named_with_what_is_wrong(terms, line):
    assert line in lines(*terms)


@pytest.mark.parametrize(
    ("term", "read"),
    [("*fusion", "fusion"), ("dif*sion", "dif* sion"), ("dense * retriev*", "dense retriev*")],
)
def test_a_star_that_is_at_no_words_end_is_told(term, read):
    said = f"""is read as "{read}": a star counts at a word's end only"""
    assert lines(term) == [f'"{term}" {said}']
    assert ailments(term, pool=Pool(())) == {term: Ailment.STRAY_STAR}


def test_keyword_whose_papers_are_all_kept_out_is_in_vain():
    line = '"{}" is in vain: what has it is kept out by exclude "{}"'
    assert lines("survey of agents", exclude=("survey",)) == [
        line.format("survey of agents", "survey")
    ]
    assert lines("agents", exclude=(" games ",)) == [line.format("agents", "games")]
    assert lines("retrieval", exclude=("games", "images")) == []


def test_each_keyword_gets_one_remark_at_most():
    remarks = examine(POOL, interests("learning", "learning", "zymurgy", "zymurgy"))
    assert [remark.ailment for remark in remarks] == [
        Ailment.TOO_BROAD,
        Ailment.DUPLICATE,
        Ailment.NEVER_HIT,
        Ailment.DUPLICATE,
    ]


def test_wider_keyword_that_counts_less_leaves_the_narrow_one_its_use():
    keywords = (Keyword(term="dense retrieval"), Keyword(term="retrieval", weight=0.5))
    assert examine(POOL, Interests(keywords=keywords)) == ()


def test_keyword_for_one_field_does_not_cover_one_for_both():
    keywords = (
        Keyword(term="dense retrieval"),
        Keyword(term="retrieval", field=TextField.TITLE),
    )
    assert examine(POOL, Interests(keywords=keywords)) == ()
    nowhere = Interests(keywords=(Keyword(term="agents", field=TextField.ABSTRACT),))
    assert [remark.ailment for remark in examine(POOL, nowhere)] == [Ailment.NEVER_HIT]


def test_keyword_that_pushes_down_may_be_broad_but_should_be_spelt_well():
    def pushing(term):
        return Interests(keywords=(Keyword(term=term, weight=-1.0),))

    assert examine(POOL, pushing("learning")) == ()
    assert [each.ailment for each in examine(POOL, pushing("retreival"))] == [Ailment.MISSPELT]


def test_too_few_papers_show_nothing_of_spelling_and_spread():
    few = Pool(POOL.papers[: FEWEST - 1])
    found = ailments("learning", "zymurgy", "retreival", "agents", "agent", pool=few)
    assert found == {"agent": Ailment.DUPLICATE}
    assert examine(Pool([]), interests("learning", "the", exclude=("x",)))


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("abc", "abxc", 1),
        ("abc", "axc", 1),
        ("retreival", "retrieval", 1),
        ("abcd", "dcba", 3),
        ("", "abc", 3),
    ],
)
def test_mistakes_are_counted(one, other, distance):
    assert mistakes(one, other) == mistakes(other, one) == distance


@pytest.mark.parametrize(
    "typed", ["retrieval", "retrievers", "GPT4retrieval", "retri*", "dens", "warms", "xetrieval"]
)
def test_words_that_are_there_or_like_none_get_no_suggestion(typed):
    (word,) = keyword_term(typed).words
    assert suggestion(POOL.index, word) == ""


WORDS = st.sampled_from(["dense", "retrieval", "retreival", "the", "survey*", "RAG", "学", "?"])
TEXTS = st.lists(WORDS, max_size=4).map(" ".join) | st.text(max_size=8)


@given(
    st.lists(st.builds(Keyword, term=TEXTS, weight=st.sampled_from([1.0, -1.0, 0.0])), max_size=4),
    st.lists(TEXTS, max_size=2),
)
def test_any_keywords_can_be_examined(keywords, exclude):
    wanted = Interests(keywords=tuple(keywords), exclude=tuple(exclude))
    remarks = examine(POOL, wanted)
    assert len(remarks) <= len(keywords)
    assert all(remark.line for remark in remarks)
