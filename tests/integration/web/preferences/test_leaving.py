"""The preferences page beyond the form: pauses, leaving, and all that is known of a reader."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from digest.core.feedback import Verdict
from digest.core.paper import PaperId
from digest.core.subscriber import Status
from digest.pipeline.feedback import give_feedback
from tests.builders import NOW, a_delivery, a_paper, an_edition


def test_a_pause_ends_where_the_reader_is(client, path, store, stored, ada):
    tokyo = replace(ada, schedule=replace(ada.schedule, timezone="Asia/Tokyo"))
    store.subscribers.update(tokyo)
    answer = client.post(path, data={"do": "pause", "until": "2026-12-24"})
    assert "Done. Mail is paused until 24 Dec." in answer.text
    assert stored().paused_until == datetime(2026, 12, 23, 15, tzinfo=UTC)
    client.post(path, data={"do": "back"})
    assert (stored().status, stored().paused_until) == (Status.ACTIVE, None)


@pytest.mark.parametrize("until", ["", "tomorrow", "2026-11-23", "2020-01-01", "9999-12-31"])
def test_a_pause_needs_a_day_to_come(client, path, dump, until):
    before = dump()
    answer = client.post(path, data={"do": "pause", "until": until})
    assert (answer.status_code, 'id="until-error"' in answer.text) == (400, True)
    assert dump() == before


def test_one_can_leave_and_return(client, path, stored):
    assert "Subscribe again" in client.post(path, data={"do": "leave"}).text
    assert stored().status is Status.UNSUBSCRIBED
    client.post(path, data={"do": "pause", "until": "2026-12-24"})
    assert stored().status is Status.UNSUBSCRIBED
    client.post(path, data={"do": "back"})
    assert stored().status is Status.ACTIVE


# What was said, and one's own data


def test_what_was_said_of_papers_is_shown(client, path, store, ada):
    said = (("00001", Verdict.MORE), ("00002", Verdict.SAVE), ("00003", Verdict.FEWER))
    for number, verdict in said:
        give_feedback(store, ada, PaperId(f"arxiv:2406.{number}"), verdict, NOW)
    store.subscribers.update(
        replace(ada, interests=replace(ada.interests, liked=(PaperId("x:unknown"),)))
    )
    text = client.get(path).text.split('id="judged"')[1]
    liked, saved, disliked = (text.index(f"<h3>{each}") for each in ("Liked", "Saved", "Disliked"))
    assert liked < text.index("Dense retrieval at scale") < saved
    assert saved < text.index("Sparse retrieval in the small") < disliked
    assert "Diffusion without tears" in text


def test_authors_left_out_by_a_verdict_are_shown(client, path, store, ada):
    give_feedback(store, ada, PaperId("arxiv:2406.00002"), Verdict.NOT_AUTHOR, NOW)
    assert "Grace Hopper" in client.get(path).text.split("Authors left out</h3>")[1]


def test_all_data_can_be_taken_away(client, path, store, ada):
    give_feedback(store, ada, PaperId("arxiv:2406.00001"), Verdict.SAVE, NOW)
    sent = a_paper("2406.00002", title="Sparse retrieval in the small")
    store.editions.add_editions([(an_edition(ada, sent), a_delivery(ada))])
    answer = client.post(path, data={"do": "data"})
    assert "attachment" in answer.headers["Content-Disposition"]
    data = json.loads(answer.text)
    assert data["settings"]["email"] == ada.email
    assert data["settings"]["interests"] == ["dense retrieval"]
    assert data["feedback"][0]["paper"] == "arxiv:2406.00001"
    assert data["editions"][0]["papers"] == ["arxiv:2406.00002"]
    assert data["editions"][0]["state"] == "queued"


def test_everything_is_deleted_after_being_asked_twice(client, path, stored, ada, dump):
    before = dump()
    assert "Delete everything?" in client.post(path, data={"do": "delete"}).text
    assert dump() == before
    assert "Everything is deleted" in client.post(path, data={"do": "delete-for-good"}).text
    assert stored() is None
    assert not [line for line in dump() if ada.email in line]
    assert client.get(path).status_code == 404
    assert client.post(path, data={"do": "delete-for-good"}).status_code == 404
