"""Embedding over a real store with a made-up model: each text once, and no mail waits for it."""

from datetime import timedelta

import numpy as np
import pytest
from structlog.testing import capture_logs

from digest.core.edition import ReasonKind
from digest.core.rank import Profile, text_of
from digest.errors import EncoderError
from digest.pipeline.compose import plan, preview
from digest.pipeline.embed import Embedder
from tests.builders import NOW, a_harvest, a_paper, a_subscriber, interests
from tests.composing import due_readers

SUBJECTS = ("retriev", "paint", "bread", "bank")
PASSAGES = a_paper("2406.00001", title="Retrieving passages")
BREAD = a_paper("2406.00002", title="Sourdough bread")


class Model:
    """Knows four subjects by their words; "finding" means retrieval to it."""

    name = "made-up"

    def __init__(self, *, fails_after=99):
        self.asked = []
        self._left = fails_after

    def encode(self, texts):
        self._left -= 1
        if self._left < 0:
            raise EncoderError("model.onnx: does not run")
        self.asked += texts
        words = [text.lower().replace("finding", "retriev") for text in texts]
        rows = [[float(subject in text) for subject in SUBJECTS] for text in words]
        return np.array(rows, np.float32).reshape(len(texts), len(SUBJECTS))


@pytest.fixture
def model():
    return Model()


@pytest.fixture
def embedder(model, store):
    return Embedder(lambda: model, store.vectors)


def reading(*terms):
    return Profile(id="ada", interests=interests(*terms))


def test_paper_is_embedded_once_even_by_another_process(model, embedder, store):
    first = embedder.papers([PASSAGES, BREAD, PASSAGES])
    again = Embedder(lambda: model, store.vectors).papers([BREAD])
    assert sorted(model.asked) == ["Retrieving passages", "Sourdough bread"]
    assert first.tolist() == [[1, 0, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0]]
    assert again.tolist() == [[0, 0, 1, 0]]


def test_paper_whose_text_changed_is_embedded_again(model, embedder):
    embedder.papers([PASSAGES])
    embedder.papers([a_paper("2406.00001", title=PASSAGES.title, abstract="We paint.")])
    assert model.asked == ["Retrieving passages", "Retrieving passages. We paint."]


def test_vectors_of_another_model_are_made_anew(model, embedder, store):
    embedder.papers([PASSAGES])
    other = Model()
    other.name = "another"
    Embedder(lambda: other, store.vectors).papers([PASSAGES])
    assert other.asked == model.asked == ["Retrieving passages"]


def test_phrase_of_many_readers_is_embedded_once_and_stays_out_of_the_store(model, embedder, store):
    for _ in range(2):
        known = embedder.meanings([reading("bread", "paint"), reading("bread")], {})
    assert sorted(model.asked) == ["bread", "paint"]
    assert known.phrases["bread"].tolist() == [0, 0, 1, 0]
    with store.database.reading() as connection:
        assert not connection.exec_driver_sql("SELECT * FROM paper_vectors").fetchall()


def test_liked_papers_are_embedded_with_the_others(model, embedder):
    known = embedder.meanings([], {BREAD.id: BREAD})
    assert known.liked[BREAD.id].tolist() == [0, 0, 1, 0]
    assert model.asked == [text_of(BREAD)]
    assert embedder.meanings([], {}) is None


def test_many_papers_are_kept_as_they_are_made(store):
    many = [a_paper(f"2406.{number:05}", title=f"Bread {number}") for number in range(300)]
    steps = []
    model = Model(fails_after=2)
    with capture_logs():
        vectors = Embedder(lambda: model, store.vectors, progress=steps.append).papers(many)
    assert steps == [128, 128]
    assert vectors.any(axis=1).tolist() == [True] * 256 + [False] * 44


def test_model_that_cannot_be_opened_is_told_once_and_never_raised(store):
    opened = []

    def refuse():
        opened.append(1)
        raise EncoderError("the model is missing")

    embedder = Embedder(refuse, store.vectors)
    with capture_logs() as logs:
        assert embedder.papers([PASSAGES]) is None
        assert embedder.meanings([reading("bread")], {}) is None
        assert embedder.papers([PASSAGES]) is None
    assert [(log["event"], log["why"]) for log in logs] == [
        ("semantic_off", "the model is missing")
    ]
    assert opened == [1]


@pytest.fixture
def composed(store):
    """Return how to compose what one reader would get."""
    store.papers.record_harvest("a", a_harvest(PASSAGES, BREAD), now=NOW, not_before=None)
    reader = store.subscribers.add(a_subscriber(interests=interests("finding things")), now=NOW)

    def compose(embedder):
        ports = {
            "papers": store.papers,
            "editions": store.editions,
            "feedback": store.feedback,
            "max_age": timedelta(days=30),
            "now": NOW,
            "embedder": embedder,
        }
        [[(_, planned)]] = plan(due_readers(store).blocks(), **ports)
        shown, ranking = preview(reader, planned.slot, **ports)
        assert planned == shown.as_told()
        assert [match.paper for match in ranking.matches] == [m.paper for m in shown.picks]
        return planned.picks

    return compose


def test_edition_holds_what_is_near_in_meaning_and_says_so(composed, embedder):
    [match] = composed(embedder)
    assert match.paper.id == PASSAGES.id
    assert [reason.kind for reason in match.reasons] == [ReasonKind.MEANING]
    assert match.reasons[0].text == "finding things"


def test_without_an_embedder_words_decide(composed):
    assert composed(None) == ()


def test_model_that_fails_leaves_the_ranking_to_words(composed, store):
    model = Model(fails_after=0)
    with capture_logs() as logs:
        assert composed(Embedder(lambda: model, store.vectors)) == ()
    assert [log["event"] for log in logs] == ["semantic_off"]
