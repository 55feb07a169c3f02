"""The streams of the process: there even where the caller closed them, and written to the end."""

import os
import sys

_FAILED = 1
READER_LEFT = 141
"""What a shell calls a program that SIGPIPE ended: who reads a pipe may leave before the end."""


def open_streams() -> None:
    """Let nothing go where a caller closed a stream (``>&-``).

    Otherwise the next file that is opened, the database perhaps, would have the stream's number.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free: this one
    sys.stdin = sys.stdin or os.fdopen(0)
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")


def finish_streams(code: int) -> int:
    """Write what is still in memory, and return what to exit with.

    Args:
        code: what the command came to; one that tells of trouble already stays.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return code or READER_LEFT
    except OSError as error:
        _drop_output()
        if not code:
            sys.stderr.write(f"digest: standard output: {error.strerror}\n")
        return code or _FAILED
    return code


def _drop_output() -> None:
    """Let the interpreter's own flush at the end succeed."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
