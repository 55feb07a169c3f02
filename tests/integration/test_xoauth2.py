"""Logins with access tokens: the command that prints them, and a server that judges them."""

import asyncio
import base64
import json
import sys

import pytest
import trustme
from aiosmtpd.smtp import AuthResult
from aiosmtplib.errors import SMTPAuthenticationError, SMTPServerDisconnected
from aiosmtplib.response import SMTPResponse

from digest.config import load
from digest.core.delivery import Accepted
from digest.errors import ConfigError
from digest.transports.access_tokens import AccessTokens, LoginError
from digest.transports.relay import Relay, RelayError, Security, open_connection, tls_context
from digest.transports.xoauth2 import initial_response, log_in, told_status
from digest.wiring.way_out import relays_of
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


@pytest.fixture
def printing(tmp_path):
    """Return a command that prints the given lines one after the other, a run each."""

    def make(*lines, code=0):
        state = tmp_path / "lines"
        state.write_text("\n".join(lines) + "\n")
        script = (
            "import sys; path = sys.argv[1]; lines = open(path).read().splitlines(); "
            "print(lines[0], 'and more', sep='\\n'); "
            "open(path, 'w').write('\\n'.join(lines[1:] or lines)); "
            f"sys.exit({code})"
        )
        return [sys.executable, "-c", script, str(state)]

    return make


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


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


async def test_command_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LoginError, match=r"'none' cannot be run: No such file or directory"):
        await AccessTokens([str(tmp_path / "none")]).token()


async def test_what_a_command_started_ends_with_it(tmp_path):
    mark = tmp_path / "alive"
    script = f"(sleep 0.3; touch {mark}) & sleep 60"
    with pytest.raises(LoginError, match="took more than"):
        await AccessTokens(["/bin/sh", "-c", script], timeout=0.1).token()
    await asyncio.sleep(0.3)
    assert not mark.exists()


async def test_command_runs_in_the_configuration_s_folder(tmp_path):
    program = tmp_path / "token.sh"
    program.write_text("#!/bin/sh\nbasename $PWD\n")
    program.chmod(0o700)
    assert await AccessTokens(["./token.sh"], folder=tmp_path).token() == tmp_path.name


async def test_many_connections_share_one_run_of_the_command(printing):
    tokens = AccessTokens(printing("first", "second"))
    assert set(await asyncio.gather(*(tokens.token() for _ in range(20)))) == {"first"}


async def test_token_is_kept_for_five_minutes(printing):
    clock = Clock()
    tokens = AccessTokens(printing("first", "second", "third"), clock=clock)
    assert await tokens.token() == "first"
    clock.now = 299
    assert await tokens.token() == "first"
    clock.now = 300
    assert await tokens.token() == "second"


async def test_many_refusals_of_one_token_run_the_command_once(printing):
    tokens = AccessTokens(printing("first", "second", "third"))
    await tokens.token()
    newer = await asyncio.gather(*(tokens.token(refused="first") for _ in range(5)))
    assert set(newer) == {"second"}


async def test_no_token_stays_after_the_command_failed(tmp_path):
    switch = tmp_path / "works"
    switch.touch()
    tokens = AccessTokens(["/bin/sh", "-c", f"test -e {switch} && echo token"])
    await tokens.token()
    switch.unlink()
    with pytest.raises(LoginError, match="exit code 1"):
        await tokens.token(refused="token")
    with pytest.raises(LoginError, match="exit code 1"):
        await tokens.token()


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


# The configuration


def config_of(tmp_path, *lines, environment=None):
    usual = ['host = "smtp.example.org"', 'sender = "d@example.org"', 'username = "u"']
    path = tmp_path / "config.toml"
    path.write_text("\n".join(["[smtp]", *usual, *lines]))
    return load(path, environment or {})


@pytest.mark.parametrize("written", ['["get", "the token"]', "\"get 'the token'\""])
def test_command_is_a_list_or_a_line(tmp_path, written):
    config = config_of(tmp_path, f"token_command = {written}")
    assert config.smtp.token_command == ("get", "the token")
    assert "the token" not in repr(config)
    assert relays_of(config)[0].tokens is not None


def test_command_comes_from_the_environment_too(tmp_path):
    config = config_of(tmp_path, environment={"DIGEST_SMTP__TOKEN_COMMAND": "get 'the token'"})
    assert config.smtp.token_command == ("get", "the token")


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (['token_command = "get', "'"], "not valid TOML"),
        (['token_command = "get \'secret"'], "smtp.token_command: a quotation mark is not"),
        (["token_command = []"], "smtp.token_command: names no command; allowed: a list such as"),
        (['token_command = ["get", 7]'], "smtp.token_command: not a command; allowed: a list"),
        (['token_command = "get"', 'password_env = "P"'], "smtp: more than one password; allowed"),
        (['token_command = "get"', 'security = "none"'], 'smtp: security = "none" would send the'),
        ([], "smtp: username is set but no password; allowed: password_file, password_env or tok"),
    ],
)
def test_command_that_cannot_be_meant_is_named(tmp_path, lines, problem):
    with pytest.raises(ConfigError) as caught:
        config_of(tmp_path, *lines)
    assert problem in str(caught.value)
    assert "secret" not in str(caught.value)


def test_command_without_a_user_name_is_named(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('[smtp]\nhost = "h"\nsender = "d@example.org"\ntoken_command = "get"\n')
    with pytest.raises(ConfigError, match="token_command is set but no username"):
        load(path, {})
