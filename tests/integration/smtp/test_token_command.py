"""The command that prints access tokens: how it is run, and how long a token is kept."""

import asyncio

import pytest

from digest.transports.access_tokens import AccessTokens, LoginError


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


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
