"""What is wrong in the form is told, shown again and not stored."""

import pytest

from tests.integration.web.sign_up.conftest import sign_up


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "no address"}, "This is no mail address"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "This is no mail address"),
        ({"email": ""}, "This is no mail address"),
        ({"interests": "x" * 9_000}, "too long"),
        ({"interests": ",".join(f"i{n}" for n in range(60))}, "allowed: 50"),
        ({"interests": "author:"}, "“author:” has nothing after it"),
        ({"interests": "retrieval ^x"}, "“retrieval ^x” ends with no weight"),
        ({"timezone": "Mars/Olympus"}, "no such day, hour or time zone"),
        ({"cadence": "hourly"}, "no such day, hour or time zone"),
        ({"send_at": "25:00"}, "no such day, hour or time zone"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_stored(client, dump, fields, sentence):
    before = dump()
    answer = sign_up(client, **fields)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert dump() == before


def test_what_was_typed_is_shown_again_and_escaped(client):
    answer = sign_up(client, email='"><script>', interests="<script>alert(1)</script>")
    assert "<script" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text
    assert '<option value="weekly:fri" selected>' in answer.text
