"""A change of address over a real relay happens once both inboxes have confirmed."""

import pytest

from digest.core.subscriber import Origin
from digest.core.tokens import Purpose
from tests.builders import NOW, a_subscriber
from tests.integration.web.moves.conftest import NEW, agree


@pytest.mark.parametrize("order", [("ada@example.org", NEW), (NEW, "ada@example.org")])
def test_the_address_changes_once_both_inboxes_have_confirmed(client, path, links, address, order):
    assert links.keys() == {"ada@example.org", NEW}
    first, second = (links[each] for each in order)
    assert "Change the address?" in client.get(first).text
    assert f"link in the mail to a***@{order[1].partition('@')[2]}" in agree(client, first).text
    assert address() == "ada@example.org"
    assert f"still to be confirmed at {order[1]}." in client.get(path).text
    done = agree(client, second)
    assert "a***@new.example takes the place of a***@example.org from now on." in done.text
    assert address() == NEW
    assert "still to be confirmed" not in client.get(path).text
    assert NEW in client.get(path).text  # the old link goes on working


def test_only_the_new_end_is_given_a_link_to_the_preferences(client, links):
    agree(client, links["ada@example.org"])
    assert "/preferences/" in agree(client, links[NEW]).text
    assert "/preferences/" not in client.get(links["ada@example.org"]).text


@pytest.mark.parametrize("form", [{"do": "refuse"}, {"List-Unsubscribe": "One-Click"}])
@pytest.mark.parametrize("end", ["ada@example.org", NEW])
def test_either_end_can_refuse(client, links, address, end, form):
    assert "Nothing has changed" in client.post(links[end], data=form).text
    assert {agree(client, link).status_code for link in links.values()} == {404}
    assert address() == "ada@example.org"


def test_one_can_keep_the_address_after_all(client, path, links, address):
    assert "Keep ada@example.org" in client.get(path).text
    assert "stays as it is" in client.post(path, data={"do": "stay"}).text
    assert {agree(client, link).status_code for link in links.values()} == {404}
    assert address() == "ada@example.org"


def test_looking_at_a_link_changes_nothing_and_an_empty_form_neither(client, links, dump):
    before = dump()
    for link in links.values():
        for method in ("GET", "HEAD", "OPTIONS"):
            client.request(method, link)
        assert client.post(link).status_code == 400
        assert client.post(link, data={"do": "dance"}).status_code == 400
        away = {"Sec-Fetch-Site": "cross-site"}
        assert client.post(link, data={"do": "agree"}, headers=away).status_code == 403
    assert dump() == before


def test_an_address_that_was_signed_up_meanwhile_is_told(client, store, links, address):
    store.subscribers.add(a_subscriber(NEW, origin=Origin.WEB), now=NOW)
    agree(client, links[NEW])
    assert "belongs to another reader" in agree(client, links["ada@example.org"]).text
    assert address() == "ada@example.org"


@pytest.mark.usefixtures("links")
def test_a_link_of_one_end_or_page_opens_no_other(client, token, ada, store):
    move = store.moves.of(ada.id)
    eve = store.subscribers.add(a_subscriber("eve@example.org", origin=Origin.WEB), now=NOW)
    forged = [
        token(Purpose.CONFIRM, eve, str(move.new.id)),
        token(Purpose.CONFIRM, ada, str(move.new.id + 5)),
        token(Purpose.PREFERENCES, ada, str(move.new.id)),
        token(Purpose.FEED, ada, str(move.new.id)),
    ]
    assert {agree(client, f"/confirm/{each}").status_code for each in forged} == {404}
    mine = token(Purpose.CONFIRM, ada, str(move.old.id))
    for page in ("preferences", "unsubscribe", "feed", "editions"):
        assert client.get(f"/{page}/{mine}").status_code == 404


def test_the_change_stands_in_the_reader_s_own_data(client, path, links):
    agree(client, links[NEW])
    told = client.post(path, data={"do": "data"}).json()["change_of_address"]
    assert (told["from"], told["to"]) == ("ada@example.org", NEW)
    assert (told["confirmed_at_old"], bool(told["confirmed_at_new"])) == (None, True)


def test_erasing_a_reader_forgets_both_addresses(client, path, links, dump):
    assert len(links) == 2
    client.post(path, data={"do": "delete-for-good"})
    assert not [line for line in dump() if NEW in line or "ada@example.org" in line]
