"""Signed return paths: a bounce finds its mail, and nobody can make one up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.return_path import ReturnPath, sign_up_in
from digest.core.tokens import KeyRing

OLD, NEW = b"o" * 32, b"n" * 32
NUMBER = "0123456789abcdef01234567"
IDS = [
    *(f"<{slot}.{NUMBER}@example.org>" for slot in ("2026-11-23", "2026-W48", "2026-11")),
    "<sign-up.7.20261123080000000001@example.org>",
    f"<sign-up.{10**15 - 1}.{'9' * 20}@example.org>",
]


def a_return_path(*keys, **fields):
    defaults = {"address": "bounces@example.org", "separator": "+", "domain": "example.org"}
    return ReturnPath(keys=KeyRing(keys or (OLD,)), **defaults | fields)


@pytest.mark.parametrize("message_id", IDS)
def test_a_return_path_names_its_mail_in_any_case(message_id):
    path = a_return_path()(message_id)
    assert path.startswith("bounces+")
    assert path.endswith("@example.org")
    assert len(path.partition("@")[0]) <= 64
    assert a_return_path().read(path) == message_id
    assert a_return_path().read(f"<{path.upper()}>") == message_id


def test_the_mail_of_a_sign_up_tells_its_number_and_other_mails_tell_none():
    assert [sign_up_in(message_id) for message_id in IDS] == [0, 0, 0, 7, 10**15 - 1]
    assert sign_up_in("<sign-up.7.2026@example.org>") == 0


def test_a_mailbox_with_a_long_name_has_room_and_a_longer_one_is_refused():
    name = "b" * 23
    path = a_return_path(address=f"{name}@example.org")(IDS[0])
    assert len(path.partition("@")[0]) == 64
    with pytest.raises(ValueError, match="at most 23 characters"):
        a_return_path(address=f"b{name}@example.org")


@given(st.integers(0, 39), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_return_path_with_one_character_changed_is_worth_nothing(place, character):
    path = a_return_path()(IDS[0])
    at = len("bounces+") + place
    forged = path[:at] + character + path[at + 1 :]
    assert a_return_path().read(forged) == (IDS[0] if forged == path else "")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bounces@example.org",
        "bounces+@example.org",
        f"bounces+{'a' * 40}@example.org",
        f"bounces+{'a' * 39}@example.org",
        f"bounces+{'ä' * 40}@example.org",
        f"bounces+{'1' * 40}@example.org",
        "digest@example.org",
    ],
)
def test_other_addresses_name_no_mail(address):
    assert a_return_path().read(address) == ""


def test_a_return_path_of_another_mailbox_or_domain_names_no_mail():
    path = a_return_path()(IDS[0])
    assert a_return_path().read(path.replace("example.org", "example.net")) == ""
    assert a_return_path().read(path.replace("bounces", "bouncer")) == ""
    assert a_return_path().read(path.replace("+", "-")) == ""
    assert a_return_path(separator="-").read(path) == ""


def test_mails_signed_with_an_older_key_are_known_until_it_is_taken_out():
    path = a_return_path(OLD)(IDS[0])
    assert a_return_path(NEW, OLD).read(path) == IDS[0]
    assert a_return_path(NEW).read(path) == ""
    assert a_return_path(NEW, OLD)(IDS[0]) == a_return_path(NEW)(IDS[0])


@pytest.mark.parametrize(
    "message_id", ["", "x", "<a@b>", f"<2026-13-01.{NUMBER}@x>", "<2026-11-23.abc@example.org>"]
)
def test_a_message_id_of_another_form_gives_the_plain_mailbox(message_id):
    assert a_return_path()(message_id) == "bounces@example.org"


@given(st.text(max_size=100))
def test_no_address_is_too_odd(address):
    assert a_return_path().read(address) == ""
    assert a_return_path().read(f"bounces+{address}@example.org") == ""
