"""One daemon a store, and how to tell whether the holder of a claim still lives.

An owner is written ``host:boot:pid:start``: the machine with the name space of its process
numbers, its boot, the process and the moment at which that process began, so that a number
used again, or in another container, names somebody else.
"""

import fcntl
import os
import re
import socket
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from digest.errors import StoreBusyError, StoreError
from digest.store.address import file_of, locate

_PROC = Path("/proc")
_OWNER = re.compile(r"(?P<host>.*):(?P<boot>[^:]*):(?P<pid>\d+):(?P<start>[^:]*)")
_GONE = "gone"


class DaemonLock:
    """Held by the one daemon of a store; the system lets go of it when the daemon dies.

    A PostgreSQL store needs none: several daemons share its work safely.

    Args:
        url: ``store.url`` of the configuration.
        base: the folder that a relative file is taken from.
    """

    def __init__(self, url: str, *, base: Path) -> None:
        file = file_of(locate(url, base=base))
        self._path = file and file.with_name(f"{file.name}.lock")
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            StoreBusyError: another daemon holds it.
            StoreError: the lock file cannot be made.
        """
        if self._path:
            self._descriptor = _lock(self._path)
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Give it back; the file stays, for removing it would let two daemons in."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def owner_id() -> str:
    """Return this process's name on its claims."""
    pid = os.getpid()
    return f"{_host()}:{_boot()}:{pid}:{_start_of(pid)}"


def dead_owners(owners: Iterable[str]) -> set[str]:
    """Return the owners that are known to be gone: processes of this host that ended.

    Whoever is on another host may live; only the end of the lease tells.
    """
    return {owner for owner in owners if _is_dead(owner)}


def _is_dead(owner: str) -> bool:
    parts = _OWNER.fullmatch(owner)
    if parts is None or parts["host"] != _host():
        return False
    return parts["boot"] != _boot() or parts["start"] != _start_of(int(parts["pid"]))


def _host() -> str:
    """Return the name of what has process numbers of its own: a machine, or a container on it."""
    try:
        return f"{socket.gethostname()}/{(_PROC / 'self/ns/pid').stat().st_ino}"
    except OSError:
        return socket.gethostname()


def _boot() -> str:
    """Return the name of this boot of the machine, "" where the system has none."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _start_of(pid: int) -> str:
    """Return when a process began, in the system's own count, or that it is gone."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return _GONE
    except PermissionError:
        pass  # it is somebody else's, and lives
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return ""  # a system without /proc: the number has to do
    # proc_pid_stat(5): the state is field 3, the first after the name; the start is field 22.
    state, *fields = stat.rpartition(")")[2].split()
    return _GONE if state == "Z" else fields[18]


def _lock(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"{path}: cannot be made: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 200).decode(errors="replace").strip()
        os.close(descriptor)
        raise StoreBusyError(
            f"{path.with_suffix('')}: another daemon is at work here ({holder or 'just started'})"
        ) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"pid {os.getpid()} on {socket.gethostname()}\n".encode())
    return descriptor
