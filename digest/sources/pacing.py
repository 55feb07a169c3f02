"""Host-wide pacing: one request at a time per upstream, never faster than its interval.

An upstream sees one machine, however many processes run on it. A file for each key holds
when its last turn began or ended; whoever holds the file's lock (flock, which the system gives
back when a process dies) has the turn.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import re
import stat
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

from digest.core.harvest import HarvestState
from digest.errors import ConfigError
from digest.sources.trouble import FetchTrouble

_POLL = 0.05  # seconds between looks at a lock that another holds
_PATIENCE = 600.0  # far longer than any request may take: the holder is stopped or stuck
_STAMP_BYTES = 32


class Pacer:
    """Gives turns.

    Args:
        directory: where the stamps are; the same for all processes that are to share them.
        clock: seconds since the epoch, the same for all processes.
        sleep: waits that many seconds.
    """

    def __init__(
        self,
        directory: Path,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._directory = directory
        self._clock = clock
        self._sleep = sleep

    @contextlib.asynccontextmanager
    async def turn(self, key: str, interval: float) -> AsyncIterator[None]:
        """Wait for the turn of ``key`` and hold it: ``async with pacer.turn("arxiv", 3.0)``.

        Turns of one key never overlap, and a turn begins ``interval`` seconds or more after
        the one before has ended: a request may reach the upstream at any time within its
        turn, so that nothing less keeps two of them that far apart at the other end.

        Raises:
            FetchTrouble: no turn came in ten minutes, or the stamp cannot be kept.
        """
        stamp = await self._lock(self._directory / _stamp_name(key), key)
        try:
            await self._sleep_until_due(stamp, interval)
            stamp.write(self._clock())  # stands if we die within the turn
            try:
                yield
            finally:
                stamp.write(self._clock())
        finally:
            stamp.release()

    async def _lock(self, path: Path, key: str) -> "_Stamp":
        """Poll for the lock: a thread for each waiter would starve everybody else of threads."""
        waited = 0.0
        while (stamp := _Stamp.locked(path)) is None:
            if waited >= _PATIENCE:
                detail = (
                    f"{key}: another process has held its turn for {_PATIENCE / 60:.0f} minutes"
                )
                raise FetchTrouble(HarvestState.UNREACHABLE, detail)
            await self._sleep(_POLL)
            waited += _POLL
        return stamp

    async def _sleep_until_due(self, stamp: "_Stamp", interval: float) -> None:
        """Wait for the rest of the interval, no longer: a clock set back must not stall us."""
        wait = min(max(0.0, stamp.read() + interval - self._clock()), interval)
        if wait > 0:
            await self._sleep(wait)


class _Stamp:
    """The file of one key while we hold its lock."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def locked(cls, path: Path) -> "_Stamp | None":
        """Return the stamp, locked, or None when somebody else holds it."""
        with _told_of(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            stamp = cls(path, os.open(path, flags, 0o600))
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(stamp._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if stamp._is_in_place():
                    return stamp
            os.close(stamp._descriptor)
        return None

    def read(self) -> float:
        """Return when the last turn was, 0 when nobody knows."""
        with _told_of(self._path):
            text = os.pread(self._descriptor, _STAMP_BYTES, 0)
        try:
            return float(text)
        except ValueError:
            return 0.0

    def write(self, now: float) -> None:
        """Overwrite in place: a full disk then loses nothing."""
        with _told_of(self._path):
            os.pwrite(self._descriptor, f"{now:<{_STAMP_BYTES}.6f}".encode(), 0)

    def release(self) -> None:
        """Unlock and close; closing alone would not unlock what a forked child has open too."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        os.close(self._descriptor)

    def _is_in_place(self) -> bool:
        """False when a cleaner of temporary files took the name away since we opened it."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), self._path.lstat())
        except FileNotFoundError:
            return False


def default_pacing_directory() -> Path:
    """Return, and make, this user's pacing directory of this host.

    Raises:
        ConfigError: the name is taken by something that others could write to.
    """
    directory = Path(tempfile.gettempdir()) / f"digest-pacing-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        directory.mkdir(mode=0o700)
    found = directory.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if not is_ours or found.st_mode & 0o077:
        raise ConfigError([f"{directory}: must be a directory of your own, mode 0700; remove it"])
    return directory


def _stamp_name(key: str) -> str:
    """Name the file of a key; the digest keeps keys apart that look alike once made safe."""
    readable = re.sub(r"[^a-z0-9.-]", "-", key.lower())[:60].lstrip(".-")
    return f"{readable}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.stamp"


@contextlib.contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Turn the system's errors into a trouble that names the file."""
    try:
        yield
    except OSError as error:
        detail = f"{path}: the pace of requests cannot be kept there: {error.strerror}"
        raise FetchTrouble(HarvestState.UNREACHABLE, detail) from error
