"""What readers say of papers, taken in and given to the ranking, over a real store."""

from contextlib import closing
from datetime import timedelta

import pytest

from digest.core.feedback import Verdict
from digest.core.paper import PaperId, Signals
from digest.core.schedule import Slot
from digest.core.subscriber import Interests
from digest.errors import UsageError
from digest.pipeline.compose import preview
from digest.pipeline.feedback import give_feedback
from digest.store import open_store
from tests.builders import NOW, a_harvest, a_paper, a_subscriber, interests

SPEECH = a_paper(
    "2406.00001", title="Speech agents in noisy rooms", authors=("Ada Lem", "Bo Other")
)
LIKE_IT = a_paper("2406.00002", title="Speech agents for noisy rooms", authors=("Bo Other",))
CHANGE = a_paper("2406.00003", title="Agents of change", signals=Signals(upvotes=3))
OTHERS = (
    "Coral reefs in warm water",
    "Lattice cryptography without trapdoors",
    "Fair division of indivisible goods",
    "Protein folding with symmetric networks",
    "Grasping soft objects with robot hands",
)
REST = [a_paper(f"2406.0001{number}", title=title) for number, title in enumerate(OTHERS)]


@pytest.fixture
def ada(store):
    harvest = a_harvest(SPEECH, LIKE_IT, CHANGE, *REST)
    store.papers.record_harvest("a", harvest, now=NOW, not_before=None)
    store.subscribers.sync([a_subscriber(interests=interests("agents"))], now=NOW)
    return store.subscribers.find("ada@example.org")


@pytest.fixture
def get(store):
    """Return the papers that a reader would get, and why others are left out."""

    def now(reader):
        edition, ranking = preview(
            store.subscribers.by_id([reader.id])[reader.id],
            Slot.parse("2026-11-23"),
            papers=store.papers,
            editions=store.editions,
            feedback=store.feedback,
            max_age=timedelta(days=30),
            now=NOW,
        )
        picked = [match.paper.id for match in edition.picks]
        return picked, {out.paper.id: out.why for out in ranking.left_out}

    return now


def test_fewer_like_this_pushes_its_neighbours_down(store, ada, get):
    picked, _ = get(ada)
    assert {SPEECH.id, LIKE_IT.id, CHANGE.id} == set(picked)
    assert give_feedback(store, ada, SPEECH.id, Verdict.FEWER, NOW)
    picked, left_out = get(ada)
    assert picked[0] == CHANGE.id
    assert left_out[SPEECH.id] == "disliked already"


def test_more_like_this_draws_its_neighbours_though_nothing_was_stated(store, ada, get):
    store.subscribers.sync([a_subscriber()], now=NOW)
    assert get(ada)[0][0] == CHANGE.id  # the trending list
    give_feedback(store, ada, SPEECH.id, Verdict.MORE, NOW)
    assert get(ada)[0][0] == LIKE_IT.id


def test_the_trending_list_has_nothing_that_is_barred(store, ada, get):
    store.subscribers.sync([a_subscriber(interests=Interests(exclude=("coral",)))], now=NOW)
    give_feedback(store, ada, CHANGE.id, Verdict.FEWER, NOW)
    give_feedback(store, ada, SPEECH.id, Verdict.NOT_AUTHOR, NOW, author="Bo Other")
    assert get(ada)[0] == [paper.id for paper in REST[1:]]


def test_what_a_reader_said_outlives_the_synchronisation_of_the_file(store, ada, get):
    give_feedback(store, ada, SPEECH.id, Verdict.FEWER, NOW)
    store.subscribers.sync([a_subscriber(interests=interests("agents", "speech"))], now=NOW)
    assert SPEECH.id not in get(ada)[0]
    assert store.subscribers.find("ada@example.org").interests == interests("agents", "speech")


def test_an_author_who_is_not_wanted_bars_all_of_their_papers(store, ada, get):
    assert give_feedback(store, ada, SPEECH.id, Verdict.NOT_AUTHOR, NOW, author="Bo Other")
    picked, left_out = get(ada)
    assert picked == [CHANGE.id]
    assert left_out[LIKE_IT.id] == 'excluded: the author "Bo Other"'
    assert give_feedback(store, ada, SPEECH.id, Verdict.NOT_AUTHOR, NOW)  # the first author
    assert LIKE_IT.id in get(ada)[0]


def test_a_verdict_is_about_the_work_whatever_id_names_it(store, ada, get):
    told = a_paper("2406.00001", title=SPEECH.title, doi="10.1000/speech")
    store.papers.record_harvest("b", a_harvest(told), now=NOW, not_before=None)
    alias = PaperId("doi:10.1000/speech")
    assert give_feedback(store, ada, alias, Verdict.FEWER, NOW)
    assert not give_feedback(store, ada, SPEECH.id, Verdict.FEWER, NOW)
    assert SPEECH.id not in get(ada)[0]


def test_an_alias_in_the_stated_interests_bars_the_work_too(store, ada, get):
    told = a_paper("2406.00001", title=SPEECH.title, doi="10.1000/speech")
    store.papers.record_harvest("b", a_harvest(told), now=NOW, not_before=None)
    stated = interests("agents", liked=(PaperId("doi:10.1000/speech"),))
    store.subscribers.sync([a_subscriber(interests=stated)], now=NOW)
    assert SPEECH.id not in get(ada)[0]


@pytest.mark.parametrize(
    ("paper", "author", "says"),
    [
        ("x:none", "", "x:none: no such paper"),
        (CHANGE.id, "", "its authors are not known"),
        (SPEECH.id, "Cy", "'Cy' is no author of it; allowed: Ada Lem, Bo Other"),
    ],
)
def test_what_makes_no_sense_is_refused(store, ada, paper, author, says):
    with pytest.raises(UsageError, match=says):
        give_feedback(store, ada, PaperId(paper), Verdict.NOT_AUTHOR, NOW, author=author)
    assert store.feedback.history(ada.id) == []


def test_feedback_is_shown_and_erased_with_the_reader(desk):
    desk.run("harvest")
    desk.run("subscribers", "add", "cy@example.org")
    with closing(open_store("sqlite:///digest.db", base=desk.folder)) as opened:
        cy = opened.subscribers.find("cy@example.org")
        give_feedback(opened, cy, PaperId("arxiv:2611.00001"), Verdict.SAVE, NOW)
    shown = desk.run("subscribers", "show", "cy@example.org")
    row = "2026-11-23 08:00 UTC\tsave\tarxiv:2611.00001\tDense retrieval at scale"
    assert row in shown.out
    assert desk.run("subscribers", "show", "cy@example.org", "--json").json["feedback"] == [
        {
            "at": "2026-11-23T08:00:00+00:00",
            "verdict": "save",
            "paper": "arxiv:2611.00001",
            "title": "Dense retrieval at scale",
            "author": "",
        }
    ]
    assert desk.run("subscribers", "erase", "cy@example.org", "--yes").code == 0
    with closing(open_store("sqlite:///digest.db", base=desk.folder)) as opened:
        assert opened.feedback.history(cy.id) == []
