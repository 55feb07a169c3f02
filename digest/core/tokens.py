"""Signed tokens in links: who may do what, without a login.

A token is url-safe base64 of

    version (1)  purpose (1)  key id (4)  subscriber id (8)  [minute issued (4)]  payload  tag (16)

where the tag is the first half of HMAC-SHA256 (RFC 2104, section 5) over all before it. The
minute is there only for purposes that expire. Without payload that is 40 characters, 46 with
a minute. A token serves one purpose only.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from digest.errors import TokenError

_VERSION = 1
_HEAD = struct.Struct(">BB4sQ")
_MINUTE = struct.Struct(">I")
_TAG_BYTES = 16
_MIN_KEY_BYTES = 16
_MAX_CHARACTERS = 2_000
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Purpose(StrEnum):
    """What the bearer of a token may do."""

    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"
    CONFIRM = "confirm"
    EDITION = "edition"
    FEEDBACK = "feedback"
    FEED = "feed"
    BOUNCES = "bounces"


_CODES = {
    Purpose.UNSUBSCRIBE: 1,
    Purpose.PREFERENCES: 2,
    Purpose.CONFIRM: 3,
    Purpose.EDITION: 4,
    Purpose.FEEDBACK: 5,
    Purpose.FEED: 6,
    Purpose.BOUNCES: 7,
}
"""Numbers in tokens already mailed: never reuse one."""

_PURPOSES = {code: purpose for purpose, code in _CODES.items()}

LIFETIMES = {
    Purpose.CONFIRM: timedelta(hours=48),
    Purpose.PREFERENCES: timedelta(days=30),
}
"""Purposes that expire; old mails must go on working for all others."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Secret keys: the first signs, all are accepted, so that keys can be replaced.

    Raises:
        ValueError: there is no key, or one is shorter than 16 bytes.
    """

    keys: tuple[bytes, ...] = field(repr=False)
    _by_id: dict[bytes, bytes] = field(init=False, repr=False, compare=False)
    _signing_id: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) < _MIN_KEY_BYTES for key in self.keys):
            raise ValueError(f"a key ring needs one or more keys of {_MIN_KEY_BYTES} bytes or more")
        object.__setattr__(self, "_by_id", {_key_id(key): key for key in self.keys})
        object.__setattr__(self, "_signing_id", _key_id(self.keys[0]))

    @property
    def signing(self) -> tuple[bytes, bytes]:
        """The id and the bytes of the key that signs."""
        return self._signing_id, self.keys[0]

    def find(self, key_id: bytes) -> bytes | None:
        """Return the key with this id, or None."""
        return self._by_id.get(key_id)

    def __repr__(self) -> str:
        return f"KeyRing({len(self.keys)} keys)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a genuine token says.

    Attributes:
        purpose: what it is for.
        subscriber_id: whom it is about.
        payload: what it is about besides, or "".
        issued_at: the minute it was signed (UTC), None for purposes that do not expire.
    """

    purpose: Purpose
    subscriber_id: int
    payload: str = ""
    issued_at: datetime | None = None


def sign(
    purpose: Purpose, subscriber_id: int, *, keys: KeyRing, now: datetime, payload: str = ""
) -> str:
    """Return a token that lets its bearer do ``purpose`` for one subscriber."""
    key_id, key = keys.signing
    signed = _HEAD.pack(_VERSION, _CODES[purpose], key_id, subscriber_id)
    if purpose in LIFETIMES:
        signed += _MINUTE.pack(int(now.timestamp()) // 60)
    signed += payload.encode("utf-8", "surrogatepass")
    text = binascii.b2a_base64(signed + _tag(key, signed), newline=False)
    return text.translate(_URL_SAFE, b"=").decode("ascii")


def read(token: str, purpose: Purpose, *, keys: KeyRing, now: datetime) -> Claims:
    """Return what a token says, once it is proven genuine, meant for ``purpose`` and alive.

    Raises:
        TokenError: it is not; the reason says why.
    """
    signed = _verified(_bytes_of(token), keys)
    _, code, _, subscriber_id = _HEAD.unpack_from(signed)
    if _PURPOSES.get(code) is not purpose:
        raise TokenError("purpose")
    payload, issued_at = signed[_HEAD.size :], None
    if purpose in LIFETIMES:
        issued_at = datetime.fromtimestamp(_MINUTE.unpack_from(payload)[0] * 60, UTC)
        payload = payload[_MINUTE.size :]
        if now >= issued_at + LIFETIMES[purpose]:
            raise TokenError("expired")
    return Claims(
        purpose=purpose,
        subscriber_id=subscriber_id,
        payload=payload.decode("utf-8", "surrogatepass"),
        issued_at=issued_at,
    )


def _bytes_of(token: str) -> bytes:
    """Return the bytes of a token in its one canonical spelling."""
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        raw = base64.b64decode(padded, altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise TokenError("malformed") from None
    if len(token) > _MAX_CHARACTERS or base64.urlsafe_b64encode(raw) != padded:
        raise TokenError("malformed")
    return raw


def _verified(raw: bytes, keys: KeyRing) -> bytes:
    """Return what was signed, or raise."""
    signed, tag = raw[:-_TAG_BYTES], raw[-_TAG_BYTES:]
    if len(signed) < _HEAD.size or signed[0] != _VERSION:
        raise TokenError("malformed")
    key = keys.find(_HEAD.unpack_from(signed)[2])
    if key is None:
        raise TokenError("key")
    if not hmac.compare_digest(_tag(key, signed), tag):
        raise TokenError("forged")
    return signed


def _tag(key: bytes, signed: bytes) -> bytes:
    return hmac.digest(key, b"digest link\0" + signed, "sha256")[:_TAG_BYTES]


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"digest key id\0" + key).digest()[:4]
