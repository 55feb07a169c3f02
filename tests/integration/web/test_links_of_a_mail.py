"""Scanners open every link of a mail, again and again: nothing may come of it."""

import base64
import re
from html import unescape

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.core.subscriber import Status
from digest.core.tokens import Purpose
from digest.wiring.letters import letter_room

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def test_opening_every_link_three_times_changes_nothing(client, workspace, ada, dump):
    edition, _ = workspace.preview(ada)
    html = letter_room(workspace.config, workspace.clock).render(edition, ada).html
    own = {
        unescape(link) for link in re.findall(r'href="(https://digest\.example\.org/[^"]*)"', html)
    }
    pages = {link.split("/")[3] for link in own}
    assert {"unsubscribe", "preferences", "feedback"} <= pages
    before = dump()
    for link in own:
        for method in ("GET", "HEAD", "OPTIONS") * 3:
            client.request(method, link)
    assert dump() == before


def test_no_cookie_is_ever_set(client, ada, token):
    for purpose in (Purpose.UNSUBSCRIBE, Purpose.PREFERENCES, Purpose.FEEDBACK):
        path = f"/{purpose}/{token(purpose, ada)}?more=arxiv:2406.00001"
        assert "set-cookie" not in client.get(path).headers
        assert "set-cookie" not in client.post(path, data={"do": "back"}).headers
    assert not client.cookies


def test_a_token_with_one_bit_turned_opens_nothing(client, store, ada, token):
    raw = base64.urlsafe_b64decode(token(Purpose.UNSUBSCRIBE, ada))
    for bit in range(8 * len(raw)):
        turned = bytearray(raw)
        turned[bit // 8] ^= 1 << bit % 8
        forged = base64.urlsafe_b64encode(turned).decode().rstrip("=")
        assert client.post(f"/unsubscribe/{forged}", data=ONE_CLICK).status_code == 404
    assert store.subscribers.find(ada.email).status is Status.ACTIVE


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=st.binary(max_size=300), do=st.sampled_from(["save", "look", "pause", "x"]))
def test_no_body_breaks_a_page(client, ada, token, body, do):
    for purpose in (Purpose.PREFERENCES, Purpose.FEEDBACK):
        answer = client.post(
            f"/{purpose}/{token(purpose, ada)}?more=arxiv:2406.00001",
            content=f"do={do}&interests=".encode() + body,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code in {200, 400}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    text=st.text(max_size=80), name=st.sampled_from(["interests", "timezone", "send_at", "text"])
)
def test_whatever_is_typed_is_saved_or_told_wrong(client, ada, token, text, name):
    path = f"/preferences/{token(Purpose.PREFERENCES, ada)}"
    answer = client.post(path, data={"do": "save", name: text.encode("utf-8", "replace")})
    assert answer.status_code in {200, 400}
    assert client.get(path).status_code == 200
