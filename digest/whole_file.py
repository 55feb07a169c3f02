"""Write files whole or not at all: beside their place first, then under their name."""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file, in the place of an older one; a device gets the parts as they come.

    Raises:
        OSError: it cannot be written; it names ``path``, which is as it was before.
    """
    with _naming(path):
        if path.exists() and not path.is_file():
            with path.open("wb") as device:
                device.writelines(parts)
            return
        with _partial(path, parts, 0o666) as partial:
            partial.replace(path)
            _keep_name(path)


def write_new(path: Path, content: bytes) -> bool:
    """Write a file that only its owner can read; an empty one counts as none.

    Returns:
        False when there is a file already, which stays as it is.

    Raises:
        OSError: it cannot be written; it names ``path``, and there is none.
    """
    with _naming(path):
        if path.is_file() and not path.stat().st_size:
            path.unlink()
        if path.exists():
            return False
        with _partial(path, [content], 0o600) as partial:
            is_ours = _take_name(partial, path)
        _keep_name(path)
        return is_ours


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let every error name the file that was meant; those of a full disk name none."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from None


@contextmanager
def _partial(path: Path, parts: Iterable[bytes], mode: int) -> Iterator[Path]:
    """Give the file beside ``path`` that holds it all, on the disk; gone after the block."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _take_name(partial: Path, path: Path) -> bool:
    """Give a file its name unless another process was first; tell whether it got it."""
    try:
        os.link(partial, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if path.exists():
            return False
        partial.replace(path)
    return True


def _keep_name(path: Path) -> None:
    """Have the folder on the disk too, where that can be asked for: a power cut spares the name."""
    with suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
