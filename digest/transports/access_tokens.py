"""Access tokens for logins, printed by a command that knows how to get new ones.

A token lives about an hour; here one is kept for a few minutes, so that many connections do
not run the command many times. No token is ever in an error, a log or a repr.
"""

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

from digest.errors import TransportError

_KEPT = 300.0
_COMMAND_TIMEOUT = 30.0
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,8192}=*")  # RFC 6750, 2.1; RFC 4954, 4, bounds the line


class LoginError(TransportError):
    """No login was tried, or none can be; the message names what to mend."""


class AccessTokens:
    """The access tokens that a command prints, each kept for five minutes.

    Args:
        command: a program and its arguments; no shell sees them.
        folder: where it runs.
        clock: seconds that never go back.
        timeout: seconds after which the command is killed.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path | None = None,
        clock: Callable[[], float] = monotonic,
        timeout: float = _COMMAND_TIMEOUT,
    ) -> None:
        self._command = tuple(command)
        self._folder = folder
        self._clock = clock
        self._timeout = timeout
        self._token = ""
        self._until = 0.0
        self._running = asyncio.Lock()

    async def token(self, *, refused: str = "") -> str:
        """Return a token; runs the command when there is none, an old one, or the refused one.

        Args:
            refused: a token that a server did not accept.

        Raises:
            LoginError: the command failed, took too long or printed no token.
        """
        async with self._running:
            if self._token in {"", refused} or self._clock() >= self._until:
                self._token = ""
                self._token = await self._printed()
                self._until = self._clock() + _KEPT
            return self._token

    async def _printed(self) -> str:
        """Run the command and return the first line of its output."""
        name = f"smtp.token_command: {os.path.basename(self._command[0])!r}"  # noqa: PTH119 - text
        try:
            code, output = await _run(self._command, self._folder, self._timeout)
        except TimeoutError:
            raise LoginError(f"{name} took more than {self._timeout:g} s") from None
        except OSError as error:
            raise LoginError(f"{name} cannot be run: {error.strerror}") from None
        if code:
            raise LoginError(f"{name} ended with exit code {code}; run it yourself to see why")
        token = output.partition(b"\n")[0].strip().decode("ascii", "replace")
        if not _TOKEN.fullmatch(token):
            raise LoginError(f"{name} printed no access token on its first line")
        return token


async def _run(command: Sequence[str], folder: Path | None, seconds: float) -> tuple[int, bytes]:
    """Run a command with everything it starts in a group of its own; return code and output."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return process.returncode or 0, output
