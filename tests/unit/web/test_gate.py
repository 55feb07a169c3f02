"""The gate: whoever knows the password passes, and nobody may guess for long."""

import base64

import pytest
from starlette.exceptions import HTTPException

from digest.web.gate import Gate

PASSWORD = "correct horse — ✓"


@pytest.fixture
def gate(clock):
    return Gate(PASSWORD, clock)


def basic(password, name="operator"):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def refused(gate, authorization, client="192.0.2.1"):
    with pytest.raises(HTTPException) as caught:
        gate.check(authorization, client)
    return caught.value


@pytest.mark.parametrize("name", ["operator", "", "anybody"])
def test_the_password_passes_under_any_name(gate, name):
    gate.check(basic(PASSWORD, name), "192.0.2.1")
    gate.check(basic(PASSWORD, name).replace("Basic", "bASIC"), "192.0.2.1")


@pytest.mark.parametrize(
    "authorization",
    [
        None, "", "Basic", "Basic ", "Basic !!!", "Basic Y29ycmVjdA==", "Bearer x", basic(""),
        basic(PASSWORD + "x"), basic(PASSWORD[:-1]), basic(PASSWORD.upper()), "Basic \xff\xfe",
        "Basic " + "A" * 100_001,
    ],
)  # fmt: skip
def test_anything_else_is_asked_for_the_password(gate, authorization):
    answer = refused(gate, authorization)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="digest", charset="UTF-8"'


def test_after_ten_wrong_guesses_none_is_judged_for_a_while(gate, clock):
    for _ in range(10):
        assert refused(gate, basic("guess")).status_code == 401
    clock.now = 60.0
    late = refused(gate, basic(PASSWORD))
    assert (late.status_code, late.headers["Retry-After"]) == (429, "841")
    gate.check(basic(PASSWORD), "192.0.2.2")
    clock.now = 900.0
    gate.check(basic(PASSWORD), "192.0.2.1")


def test_asking_without_a_guess_counts_as_none(gate):
    for _ in range(20):
        refused(gate, None)
    gate.check(basic(PASSWORD), "192.0.2.1")


def test_who_knows_the_password_starts_anew(gate):
    for _ in range(3):
        for _ in range(9):
            assert refused(gate, basic("guess")).status_code == 401
        gate.check(basic(PASSWORD), "192.0.2.1")


def test_guesses_of_many_clients_are_not_kept_for_ever(gate):
    for number in range(10_100):
        refused(gate, basic("guess"), f"client {number}")
    assert len(gate._guesses) == 10_000


def test_the_password_is_not_shown(gate):
    assert "correct" not in repr(gate)
