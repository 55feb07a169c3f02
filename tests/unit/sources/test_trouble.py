"""Troubles have the right name, one clean line, and no secret."""

import errno
import os
import socket
import ssl
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.harvest import HarvestState
from digest.sources.trouble import (
    FetchTrouble,
    PassingTrouble,
    reason_in,
    root_cause,
    trouble_of_status,
)

LATER = datetime(2026, 3, 12, 6, 1, tzinfo=UTC)
ASKED = "https://api.example/works?mailto=ops%40lab.example&api_key=s3cr3t-k3y&key=abc&filter=x"


@pytest.mark.parametrize(
    ("status", "state", "passes"),
    [
        (429, HarvestState.RATE_LIMITED, True),
        (500, HarvestState.UNREACHABLE, True),
        (503, HarvestState.UNREACHABLE, True),
        (599, HarvestState.UNREACHABLE, True),
        (408, HarvestState.UNREACHABLE, True),
        (425, HarvestState.UNREACHABLE, True),
        (202, HarvestState.UNREACHABLE, True),
        (304, HarvestState.UNREACHABLE, True),
        (400, HarvestState.REFUSED, False),
        (401, HarvestState.REFUSED, False),
        (403, HarvestState.REFUSED, False),
        (404, HarvestState.REFUSED, False),
        (499, HarvestState.REFUSED, False),
    ],
)
def test_status_decides_the_state(status, state, passes):
    trouble = trouble_of_status("api.example", status, reason="", retry_after=None)
    assert trouble.state is state
    assert isinstance(trouble, PassingTrouble) is passes
    assert trouble.temporary is passes


def test_forbidden_for_a_while_is_a_rate_limit():
    trouble = trouble_of_status("api.example", 403, reason="too fast", retry_after=LATER)
    assert trouble.state is HarvestState.RATE_LIMITED
    assert trouble.retry_after == LATER


def test_detail_names_host_status_and_reason():
    trouble = trouble_of_status("api.example", 404, reason="no such set", retry_after=None)
    assert str(trouble) == trouble.detail == "api.example answered 404 Not Found: no such set"
    bare = trouble_of_status("api.example", 499, reason="", retry_after=None)
    assert bare.detail == "api.example answered 499"


def test_oversized_answer_is_temporary():
    assert FetchTrouble(HarvestState.TOO_LARGE, "x").temporary


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"Resource not found.\n", "Resource not found."),
        (b"Rate exceeded.", "Rate exceeded."),
        (b'{"error": "bad\\nfilter"}', '{"error": "bad\\nfilter"}'),
        (
            b"<?xml version='1.0'?>\n<feed><title>Error</title>\n<id>format a&amp;b</id></feed>",
            "Error format a&b",
        ),
        (b"a\x1b[31mred\x00\x07 \xe2\x80\xaetxt", "a[31mred txt"),
        (b"", ""),
        (b"<!DOCTYPE html><title>404</title>", ""),
        (b"\n<HTML><script>alert(1)</script>", ""),
        (b"x" * 70_000, ""),
    ],
)
def test_reason_is_one_clean_line_and_never_a_web_page(body, reason):
    assert reason_in(body, asked="https://api.example/") == reason


@given(st.binary(max_size=600))
def test_reason_of_any_bytes_is_short_and_printable(body):
    reason = reason_in(body, asked="https://api.example/")
    assert len(reason) <= 300
    assert reason.isprintable()


def test_long_reason_is_cut():
    reason = reason_in(b"word " * 100, asked="https://api.example/")
    assert len(reason) <= 300
    assert reason.endswith("word…")


@pytest.mark.parametrize(
    "echo",
    [
        "you sent api_key=s3cr3t-k3y&filter=x",
        "invalid key s3cr3t-k3y",
        '{"api_key": "s3cr3t-k3y", "token": "s3cr3t-k3y"}',
        "mailto=ops%40lab.example is blocked",
        "we wrote to ops@lab.example",
        "User-Agent: digest (mailto:ops@lab.example)",
        "bad key=abc here",
        "access-token: other-s3cr3t",
    ],
)
def test_echoed_secret_is_blacked_out(echo):
    reason = reason_in(echo.encode(), asked=ASKED)
    assert not any(s in reason for s in ("s3cr3t", "ops@", "ops%40", "key=abc"))
    assert "…" in reason


def test_innocent_parameters_stay_readable():
    assert reason_in(b"bad filter=x", asked=ASKED) == "bad filter=x"


def test_hostile_markup_is_read_in_no_time():
    started = time.perf_counter()
    reason_in(b"<" * 60_000, asked=ASKED)
    reason_in(b"<a " * 20_000, asked=ASKED)
    reason_in(b"key " * 15_000, asked=ASKED)
    assert time.perf_counter() - started < 1.0


def test_root_cause_is_the_systems_own_word():
    error = RuntimeError("all attempts failed")
    error.__cause__ = ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed")
    assert root_cause(error) == os.strerror(errno.ECONNREFUSED)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionResetError(), "ConnectionResetError"),
        (ValueError(), "ValueError"),
        (ValueError("one\r\ntwo"), "one two"),
        (RuntimeError(ValueError("kept as the argument")), "kept as the argument"),
        (socket.gaierror(8, "no such name"), "no such name"),
        (ssl.SSLError(1, "certificate verify failed"), "certificate verify failed"),
    ],
)
def test_root_cause_is_one_line_whatever_the_error(error, words):
    assert root_cause(error) == words
