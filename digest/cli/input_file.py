"""Files that commands read; ``-`` is standard input."""

import sys
from collections.abc import Iterable
from pathlib import Path

from digest.errors import UsageError

_STDIN = "-"


def content(path: Path) -> bytes:
    """Return what is in a file, or comes on standard input.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if is_stdin(path) else path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None


def is_stdin(path: Path) -> bool:
    """Tell whether standard input is meant."""
    return str(path) == _STDIN


def name_of(path: Path) -> str:
    """Return how to call a file in what is said of it."""
    return "standard input" if is_stdin(path) else str(path)


def refuse_stdin_twice(paths: Iterable[Path]) -> None:
    """Say so where more than one file is to come on standard input.

    Raises:
        UsageError: it is so.
    """
    if sum(map(is_stdin, paths)) > 1:
        raise UsageError("- is named more than once; standard input can be one file alone")
