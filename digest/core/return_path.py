"""The signed envelope sender, so that a bounce finds the mail it is about.

``bounces+TOKEN@example.org``, where the token is lower-case base32 of

    slot (3)  number (12)  tag (10)

40 characters: mail systems may change case, and a local part has 64 octets at most (RFC
5321, 4.5.3.1.1). Slot and number are the left side of the mail's Message-ID. The tag is the
beginning of HMAC-SHA256 over both: without it anybody could send bounces in a reader's name.

A mail that answers a sign-up has the sign-up's number and time in the place of slot and number,
marked by the first two bits, which tell the forms of slots apart.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import date

from digest.core.schedule import Slot
from digest.core.tokens import KeyRing

_MAX_LOCAL_PART = 64
_NUMBER_BYTES = 12
_SLOT_BYTES = 3
_TAG_BYTES = 10
_TOKEN = re.compile(r"[a-z2-7]{40}")
_MESSAGE_ID = re.compile(r"<(?P<slot>[0-9W-]+)\.(?P<number>[0-9a-f]{24})@(?P<domain>[^@<>]+)>")
_SIGN_UP_ID = re.compile(r"<sign-up\.(?P<id>[0-9]{1,15})\.(?P<asked>[0-9]{20})@[^@<>]+>")
_FORMS = ("day", "week", "month", "sign-up")
_FORM_AT = 8 * (_SLOT_BYTES + _NUMBER_BYTES) - 2
_ASKED_BITS = 67  # twenty digits


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPath:
    """Makes and reads the return paths of one list.

    Attributes:
        address: the bounce mailbox.
        separator: what its mail system ends the mailbox's name with ("+" as a rule).
        domain: the domain in the list's Message-IDs.
        keys: what the tokens are signed with.

    Raises:
        ValueError: the mailbox's name leaves no room for the token.
    """

    address: str
    separator: str
    domain: str
    keys: KeyRing

    def __post_init__(self) -> None:
        if len(self._beginning.encode()) + 40 > _MAX_LOCAL_PART:
            raise ValueError(f"{self.address}: at most 23 characters before the @ can be signed")

    def __call__(self, message_id: str) -> str:
        """Return the envelope sender of the mail with this Message-ID.

        A Message-ID of another form than ours gives the plain mailbox.
        """
        packed = _pack(message_id)
        if packed is None:
            return self.address
        token = base64.b32encode(packed + _tag(self.keys.keys[0], packed)).decode().lower()
        return f"{self._beginning}{token}@{self._at}"

    def read(self, address: str) -> str:
        """Return the Message-ID that a return path names; "" unless we signed it."""
        local, _, domain = address.strip().strip("<>").casefold().rpartition("@")
        beginning = self._beginning.casefold()
        token = local.removeprefix(beginning)
        if domain != self._at.casefold() or token == local or not _TOKEN.fullmatch(token):
            return ""
        raw = base64.b32decode(token.upper())
        packed, tag = raw[:-_TAG_BYTES], raw[-_TAG_BYTES:]
        # Every key is tried: how many there are is no secret, which one fits is no help.
        genuine = [hmac.compare_digest(_tag(key, packed), tag) for key in self.keys.keys]
        return _unpack(packed, self.domain) if any(genuine) else ""

    @property
    def _beginning(self) -> str:
        return self.address.rpartition("@")[0] + self.separator

    @property
    def _at(self) -> str:
        return self.address.rpartition("@")[2]


def sign_up_in(message_id: str) -> int:
    """Return the number of the sign-up that a mail with this Message-ID answers, else 0."""
    match = _SIGN_UP_ID.fullmatch(message_id)
    return int(match["id"]) if match else 0


def _pack(message_id: str) -> bytes | None:
    """Return the left side of a Message-ID in 15 bytes, None when it is not of our form."""
    if sign_up := _SIGN_UP_ID.fullmatch(message_id):
        return _pack_sign_up(int(sign_up["id"]), int(sign_up["asked"]))
    match = _MESSAGE_ID.fullmatch(message_id)
    if match is None:
        return None
    try:
        slot = Slot.parse(match["slot"])
    except ValueError:
        return None
    form = _FORMS.index(_form(slot))
    day = slot.day.toordinal()  # below 2**22 up to the year 9999
    return (form << 22 | day).to_bytes(_SLOT_BYTES, "big") + bytes.fromhex(match["number"])


def _pack_sign_up(number: int, asked: int) -> bytes:
    packed = _FORMS.index("sign-up") << _FORM_AT | number << _ASKED_BITS | asked
    return packed.to_bytes(_SLOT_BYTES + _NUMBER_BYTES, "big")


def _unpack_sign_up(packed: bytes) -> tuple[int, int]:
    both = int.from_bytes(packed, "big") & (1 << _FORM_AT) - 1
    return both >> _ASKED_BITS, both & (1 << _ASKED_BITS) - 1


def _unpack(packed: bytes, domain: str) -> str:
    head = int.from_bytes(packed[:_SLOT_BYTES], "big")
    if _FORMS[head >> 22] == "sign-up":
        number, asked = _unpack_sign_up(packed)
        return f"<sign-up.{number}.{asked:020}@{domain}>"
    day = date.fromordinal(head & (1 << 22) - 1)
    match _FORMS[head >> 22]:
        case "week":
            year, week, _ = day.isocalendar()
            slot = f"{year:04}-W{week:02}"
        case "month":
            slot = day.isoformat()[:7]
        case _:
            slot = day.isoformat()
    return f"<{slot}.{packed[_SLOT_BYTES:].hex()}@{domain}>"


def _form(slot: Slot) -> str:
    if "W" in slot.key:
        return "week"
    return "day" if slot.key == slot.day.isoformat() else "month"


def _tag(key: bytes, packed: bytes) -> bytes:
    return hmac.digest(key, b"digest return path\0" + packed, "sha256")[:_TAG_BYTES]
