"""Readers' bibliographies in the configuration: which files may be named, and can they be read."""

import stat
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from digest.core.library import KINDS

MOST_BYTES = 64 * 1024 * 1024
"""Of one bibliography; a hundred thousand entries with abstracts fit."""

_ALLOWED = ", ".join(f".{kind}" for kind in KINDS)


def kind_of(path: Path) -> str:
    """Return what a bibliography is by its name: one of ``KINDS``, or something else."""
    return path.suffix.lower().removeprefix(".")


def _known_kind(path: Path) -> Path:
    if kind_of(path) not in KINDS:
        raise ValueError("is no kind of bibliography that can be read")
    return path


def _several(raw: object) -> object:
    return (raw,) if isinstance(raw, str | Path) else raw


LibraryFiles = Annotated[
    tuple[Annotated[Path, AfterValidator(_known_kind)], ...],
    BeforeValidator(_several),
    Field(
        max_length=20,
        json_schema_extra={"allowed": f"a file, or a list of files, that end in {_ALLOWED}"},
    ),
]


def trouble_with(path: Path) -> str:
    """Return why a bibliography cannot be read, "" when it can be."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return "is no file"
        if found.st_size > MOST_BYTES:
            return f"is too large; allowed: at most {MOST_BYTES // 1024**2} MiB"
        path.open("rb").close()
    except (OSError, ValueError) as error:
        return f"cannot be read: {getattr(error, 'strerror', None) or error}"
    return ""
