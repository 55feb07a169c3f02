"""Logins with access tokens at a server that judges them."""

import base64
import json
import sys

import pytest
import trustme
from aiosmtpd.smtp import AuthResult
from aiosmtplib.errors import SMTPAuthenticationError, SMTPServerDisconnected
from aiosmtplib.response import SMTPResponse

from digest.core.delivery import Accepted
from digest.transports.access_tokens import AccessTokens, LoginError
from digest.transports.relay import Relay, RelayError, Security, open_connection, tls_context
from digest.transports.xoauth2 import initial_response, log_in, told_status
from tests.outboxes import send
from tests.smtp_server import Behaviour, Inbox, Running, server_context

CANARY = "ya29.canary-token"


class TokenInbox(Inbox):
    """Takes logins with XOAUTH2 as Gmail does, and remembers the tokens it was shown."""

    def __init__(self, *good, challenge=True, echo=False, hangs_up=False):
        super().__init__(Behaviour())
        self.good = good
        self.challenge = challenge
        self.echo = echo
        self.hangs_up = hangs_up

    async def auth_XOAUTH2(self, server, args):  # noqa: N802
        user, auth, *rest = base64.b64decode(args[1]).decode().split("\x01")
        assert rest == ["", ""]
        assert user == "user=digest@example.org"
        token = auth.removeprefix("auth=Bearer ")
        self.logins.append(token)
        if token in self.good:
            return AuthResult(success=True, auth_data=user)
        if self.challenge:
            error = {"status": "401", "schemes": "Bearer", "scope": "https://mail.example/"}
            empty = await server.challenge_auth(json.dumps(error))
            assert empty == b""
        said = f"535 5.7.8 Username and {token if self.echo else 'token'} not accepted"
        await server.push(said)
        if self.hangs_up:
            server.transport.close()
        return AuthResult(success=False, handled=True)


def server_of(inbox, **side):
    return Running(inbox=inbox, auth_require_tls=bool(side), auth_required=True, **side)


def a_relay(port, command, **fields):
    usual = {
        "host": "127.0.0.1",
        "port": port,
        "security": Security.NONE,
        "username": "digest@example.org",
        "timeout": 5,
        "tokens": AccessTokens(command),
    }
    return Relay(**usual | fields)


async def logged_in(relay):
    connection = await open_connection(relay, tls_context(relay))
    await connection.quit()


async def trouble(relay):
    with pytest.raises(RelayError) as caught:
        await open_connection(relay, tls_context(relay))
    assert CANARY not in str(caught.value) + repr(relay) + repr(caught.value)
    return caught.value


async def test_mail_goes_out_with_the_token_that_the_command_prints(printing):
    inbox = TokenInbox("good")
    async with server_of(inbox) as server:
        sent = await send(a_relay(server.port, printing("good")), "c@d.org")
    assert isinstance(sent.only, Accepted)
    assert inbox.logins == ["good"]


async def test_token_goes_over_verified_tls(printing, tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    inbox = TokenInbox("good")
    async with server_of(inbox, starttls=server_context(authority)) as server:
        relay = a_relay(
            server.port, printing("good"), host="localhost",
            security=Security.STARTTLS, ca_file=tmp_path / "ca.pem",
        )  # fmt: skip
        await logged_in(relay)
    assert inbox.logins == ["good"]


@pytest.mark.parametrize("challenge", [True, False])
async def test_refused_token_is_replaced_by_a_new_one_once(printing, challenge):
    inbox = TokenInbox("new", challenge=challenge)
    async with server_of(inbox) as server:
        await logged_in(a_relay(server.port, printing("old", "new")))
    assert inbox.logins == ["old", "new"]


async def test_two_refused_tokens_are_told_with_the_server_s_reason(printing):
    inbox = TokenInbox()
    async with server_of(inbox) as server:
        told = await trouble(a_relay(server.port, printing(CANARY, CANARY + "2")))
    assert inbox.logins == [CANARY, CANARY + "2"]
    assert told.code == 535
    assert str(told) == (
        f"smtp 127.0.0.1:{server.port}: login as 'digest@example.org' was refused "
        "(535 5.7.8 Username and token not accepted; status 401); "
        "check smtp.username and smtp.token_command"
    )


async def test_same_token_again_is_not_sent_again(printing):
    inbox = TokenInbox()
    async with server_of(inbox) as server:
        await trouble(a_relay(server.port, printing(CANARY)))
    assert inbox.logins == [CANARY]


async def test_token_that_the_server_says_back_is_not_told(printing):
    async with server_of(TokenInbox(echo=True)) as server:
        told = await trouble(a_relay(server.port, printing(CANARY)))
    assert "Username and … not accepted" in str(told)


async def test_server_that_hangs_up_is_shown_the_new_token_on_the_next_connection(printing):
    inbox = TokenInbox("new", hangs_up=True)
    async with server_of(inbox) as server:
        relay = a_relay(server.port, printing("old", "new"))
        told = await trouble(relay)
        await logged_in(relay)
    assert told.code == 535
    assert inbox.logins == ["old", "new"]


async def test_server_without_xoauth2_is_named_and_the_command_does_not_run(printing):
    command = printing(CANARY, "second")
    async with Running(password="x") as server:
        told = await trouble(a_relay(server.port, command))
    assert "it offers no XOAUTH2 login, but smtp.token_command is set" in str(told)
    assert await AccessTokens(command).token() == CANARY


class HangingUp:
    """A connection on this machine that refuses a token and is gone at the next one."""

    server_auth_methods = ("xoauth2",)
    is_connected = True

    def __init__(self):
        self.heard = 0

    def get_transport_info(self, key):
        return {"peername": ("::1", 25)}.get(key)

    async def execute_command(self, *_words):
        self.heard += 1
        if self.heard > 1:
            raise SMTPServerDisconnected("gone")
        return SMTPResponse(535, "5.7.3 Authentication unsuccessful")


async def test_refusal_is_told_when_the_server_is_gone_before_the_new_token(printing):
    tokens = AccessTokens(printing("old", "new"))
    with pytest.raises(SMTPAuthenticationError, match="unsuccessful"):
        await log_in(HangingUp(), "u", tokens)
    assert await tokens.token() == "new"


class ClearLine:
    """A connection to another machine that nothing encrypts."""

    server_auth_methods = ("xoauth2",)

    def get_transport_info(self, key):
        return {"peername": ("192.0.2.1", 25)}.get(key)


async def test_no_token_goes_over_a_line_that_others_can_read():
    with pytest.raises(LoginError, match="not encrypted, so no access token was sent"):
        await log_in(ClearLine(), "u", AccessTokens(["false"]))


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (f"print('{CANARY}'); raise SystemExit(3)", "ended with exit code 3; run it yourself"),
        ("pass", "printed no access token on its first line"),
        (f"print('{CANARY} {CANARY}')", "printed no access token on its first line"),
        (f"print('\\n{CANARY}')", "printed no access token on its first line"),
        ("print('caf\\u00e9')", "printed no access token on its first line"),
        ("import time; time.sleep(60)", "took more than 0.5 s"),
    ],
)
async def test_command_that_gives_no_token_is_named(script, problem):
    tokens = AccessTokens([sys.executable, "-c", script], timeout=0.5 if "sleep" in script else 30)
    async with server_of(TokenInbox()) as server:
        told = await trouble(a_relay(server.port, [], tokens=tokens))
    program = sys.executable.rpartition("/")[2]
    assert f"smtp.token_command: {program!r} {problem}" in str(told)


def test_initial_response_is_the_protocol_s():
    assert base64.b64decode(initial_response("me@example.org", "abc")) == (
        b"user=me@example.org\x01auth=Bearer abc\x01\x01"
    )
    with pytest.raises(LoginError, match=r"smtp\.username holds a character"):
        initial_response("me\x01auth=Bearer x", "abc")


@pytest.mark.parametrize(
    ("challenge", "told"),
    [
        (base64.b64encode(b'{"status":"400","schemes":"Bearer"}').decode(), "status 400"),
        (base64.b64encode(b'{"status":"in\\r\\nvalid"}').decode(), ""),
        (base64.b64encode(b"[1]").decode(), ""),
        (base64.b64encode(b"[" * 100_000).decode(), ""),
        ("no base64", ""),
        ("", ""),
    ],
)
def test_challenge_is_told_when_it_can_be_read(challenge, told):
    assert told_status(challenge) == told
