"""Addresses are taken out of what others wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.privacy import without_addresses, without_certain_addresses


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("550 5.1.1 <ada@example.org>: unknown", "550 5.1.1 <(address)>: unknown"),
        ("bounces+x=ada=40example.org refused", "(address) refused"),
        ("see https://x.example/?u=ada%40example.org now", "see https:(address) now"),
        ("ada＠example.org", "(address)"),  # noqa: RUF001 - one way to write it
        ("user @ home", "user (address) home"),
        ("550 no such user", "550 no such user"),
    ],
)
def test_what_a_mail_system_said_has_no_address_left(said, shown):
    assert without_addresses(said) == shown


@given(st.text())
def test_no_sign_of_an_address_is_left_in_any_text(text):
    assert "@" not in without_addresses(text)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("pass@k", "pass@k"),
        ("Recall@10, and pass@1.", "Recall@10, and pass@1."),
        ("papers for ada@lab.example.org please", "papers for (address) please"),
        ("(ada@bücher.example)", "((address))"),
    ],
)
def test_titles_and_interests_lose_only_what_is_an_address(said, shown):
    assert without_certain_addresses(said) == shown
