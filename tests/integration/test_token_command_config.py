"""The command that prints access tokens, as the configuration names it."""

import pytest

from digest.config import load
from digest.errors import ConfigError
from digest.wiring.way_out import relays_of


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
