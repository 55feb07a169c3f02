"""Searches and previews by meaning, with a made-up model: as the mails rank, writing nothing."""

import threading
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from digest.pipeline.embed import Embedder
from digest.web import Site, make_app
from tests.builders import NOW, a_harvest, a_paper
from tests.integration.test_embed import Model

PASSAGES = a_paper("2406.00001", title="Retrieving passages")
BREAD = a_paper("2406.00002", title="Sourdough bread")
PATHS = ("/papers?q=finding+things", "/preview?interests=finding+things")


@pytest.fixture
def model():
    return Model()


@pytest.fixture
def embedder(model, store):
    store.papers.record_harvest("a", a_harvest(PASSAGES, BREAD), now=NOW, not_before=None)
    return Embedder(lambda: model, store.vectors)


@pytest.fixture
def client(workspace, embedder):
    app = make_app(Site(workspace=replace(workspace, embedder=embedder)))
    with TestClient(app, base_url="https://digest.example.org") as opened:
        yield opened


@pytest.mark.parametrize("path", PATHS)
def test_what_is_near_in_meaning_is_found_and_says_so(client, embedder, path):
    embedder.papers([PASSAGES, BREAD])  # as a harvest does
    page = client.get(path).text
    assert "Retrieving passages" in page
    assert "close in meaning to" in page
    assert "Sourdough bread" not in page


@pytest.mark.parametrize("path", PATHS)
def test_looking_makes_no_vector_of_a_paper(client, model, path, dump):
    before = dump()
    assert "Retrieving passages" not in client.get(path).text
    assert dump() == before
    assert not {PASSAGES.title, BREAD.title} & {*model.asked}


def test_while_the_model_is_at_work_elsewhere_words_decide(client, embedder, model):
    embedder.papers([PASSAGES, BREAD])
    begun, goes_on = threading.Event(), threading.Event()
    encode = model.encode

    def slowly(texts):
        begun.set()
        goes_on.wait(20)
        return encode(texts)

    model.encode = slowly
    more = a_paper("2406.00003", title="Paint")
    harvest = threading.Thread(target=embedder.papers, args=[[more]])
    harvest.start()
    try:
        assert begun.wait(5)
        assert "Sourdough bread" in client.get("/papers?q=bread").text
    finally:
        goes_on.set()
        harvest.join()
