"""The file that scores are written into: whole or not at all, gzip where its name says so."""

import gzip
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from digest.errors import UsageError


def refuse_to_replace(output: Path, inputs: Iterable[Path]) -> None:
    """Say so where the file to be written is one of those that are read.

    Raises:
        UsageError: it is.
    """
    for each in inputs:
        if output.is_file() and each.is_file() and output.samefile(each):
            raise UsageError(
                f"--output {output}: is the same file as {each}, and would replace it; name another"
            )


def write_lines(output: Path, lines: Iterable[str]) -> None:
    """Write a file whole or not at all; ``-`` and devices get the lines as they come.

    The same lines make the same ``.gz``, byte for byte: no name and no time is in it (RFC 1952,
    2.3.1).

    Raises:
        UsageError: it cannot be written.
    """
    if str(output) == "-":
        sys.stdout.writelines(lines)
        return
    try:
        if output.exists() and not output.is_file():
            with output.open("w", encoding="utf-8") as device:
                device.writelines(lines)
        else:
            partial = output.with_name(f".{output.name}.partial")
            is_gzip = output.suffix.lower() == ".gz"
            with _gzip(partial) if is_gzip else partial.open("w", encoding="utf-8") as file:
                file.writelines(lines)
            partial.replace(output)
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}") from None


@contextmanager
def _gzip(path: Path) -> Iterator[TextIO]:
    with (
        path.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as folded,
        TextIOWrapper(folded, encoding="utf-8", newline="\n") as text,
    ):
        yield text
