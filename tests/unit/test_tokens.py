import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.tokens import LIFETIMES, Claims, KeyRing, Purpose, read, sign
from digest.errors import TokenError
from tests.builders import NOW

OLD, NEW, STRANGE = (bytes([number]) * 32 for number in range(3))
KEYS = KeyRing((OLD,))

purposes = st.sampled_from(Purpose)
ids = st.integers(0, 2**63)


def a_token(purpose=Purpose.UNSUBSCRIBE, subscriber_id=7, payload="", keys=KEYS, now=NOW):
    return sign(purpose, subscriber_id, keys=keys, now=now, payload=payload)


def reason(token, purpose=Purpose.UNSUBSCRIBE, keys=KEYS, now=NOW):
    with pytest.raises(TokenError) as caught:
        read(token, purpose, keys=keys, now=now)
    return caught.value.reason


@given(purposes, ids, st.text(st.characters(), max_size=100))
def test_what_is_signed_can_be_read(purpose, subscriber_id, payload):
    claims = read(a_token(purpose, subscriber_id, payload), purpose, keys=KEYS, now=NOW)
    assert claims == Claims(
        purpose=purpose,
        subscriber_id=subscriber_id,
        payload=payload,
        issued_at=NOW if purpose in LIFETIMES else None,
    )


def test_tokens_are_short_and_fit_a_path():
    assert len(a_token()) == 40
    assert len(a_token(Purpose.CONFIRM)) == 46
    assert set(a_token(Purpose.FEEDBACK, payload="2026-11-23")).isdisjoint("+/=.%")


def test_same_claims_give_the_same_token():
    assert a_token() == a_token(now=NOW + timedelta(days=900))


@given(st.integers(0, 60 * 8 - 1))
def test_one_changed_bit_is_noticed(bit):
    token = a_token(payload="x" * 30)
    raw = bytearray(base64.urlsafe_b64decode(token))
    raw[bit // 8] ^= 1 << bit % 8
    changed = base64.urlsafe_b64encode(bytes(raw)).decode()
    assert reason(changed) in {"malformed", "key", "forged"}


@given(
    st.text(max_size=60)
    | st.binary(max_size=60).map(lambda b: base64.urlsafe_b64encode(b).decode())
)
def test_no_other_text_is_a_token(text):
    assert reason(text) in {"malformed", "key"}


@pytest.mark.parametrize(
    "broken",
    ["", "é", a_token()[:-1], a_token() + "A", a_token() + "=", "\n" + a_token(), "A" * 5_000],
)
def test_broken_tokens_are_malformed(broken):
    assert reason(broken) == "malformed"


def test_a_token_has_one_spelling():
    token = a_token(payload="x")
    same_bytes = token[:-1] + chr(ord(token[-1]) + 1)
    assert base64.urlsafe_b64decode(same_bytes + "==") == base64.urlsafe_b64decode(token + "==")
    assert reason(same_bytes) == "malformed"


@pytest.mark.parametrize("asked", [purpose for purpose in Purpose if purpose != Purpose.FEED])
def test_purposes_do_not_mix(asked):
    assert reason(a_token(Purpose.FEED, payload="and more"), asked) == "purpose"


@pytest.mark.parametrize(
    ("purpose", "life"),
    [(Purpose.CONFIRM, timedelta(hours=48)), (Purpose.PREFERENCES, timedelta(days=30))],
)
def test_some_purposes_expire(purpose, life):
    token = a_token(purpose)
    last = NOW + life - timedelta(seconds=1)
    assert read(token, purpose, keys=KEYS, now=last).subscriber_id == 7
    assert reason(token, purpose, now=NOW + life) == "expired"


def test_old_mails_can_always_be_unsubscribed_from():
    later = datetime(2099, 1, 1, tzinfo=UTC)
    assert read(a_token(), Purpose.UNSUBSCRIBE, keys=KEYS, now=later).subscriber_id == 7


def test_a_new_key_signs_and_the_old_one_still_opens():
    rotated = KeyRing((NEW, OLD))
    assert read(a_token(), Purpose.UNSUBSCRIBE, keys=rotated, now=NOW).subscriber_id == 7
    assert a_token(keys=rotated) == a_token(keys=KeyRing((NEW,)))
    assert reason(a_token(), keys=KeyRing((NEW,))) == "key"
    assert reason(a_token(keys=KeyRing((STRANGE,))), keys=rotated) == "key"


def test_errors_say_what_to_do():
    token = a_token(Purpose.CONFIRM)
    with pytest.raises(TokenError, match="too old; ask for a new one"):
        read(token, Purpose.CONFIRM, keys=KEYS, now=NOW + timedelta(days=3))


@pytest.mark.parametrize("keys", [(), (b"too short",), (OLD, b"")])
def test_weak_keys_are_refused(keys):
    with pytest.raises(ValueError, match="16 bytes"):
        KeyRing(keys)


def test_a_key_ring_shows_no_key():
    ring = KeyRing((b"secret secret secret",))
    assert f"{ring} {ring!r}" == "KeyRing(1 keys) KeyRing(1 keys)"
