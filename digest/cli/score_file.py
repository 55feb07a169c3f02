"""The file that scores are written into: whole or not at all, gzip where its name says so."""

import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from digest.cli.output import unwritable
from digest.errors import UsageError
from digest.whole_file import write_whole

_AS_GZIP = 16  # what zlib wants added to the size of its window for a gzip header


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
        DigestError: the disk is full.
    """
    if str(output) == "-":
        sys.stdout.writelines(lines)
        return
    parts = (line.encode() for line in lines)
    is_gzip = output.suffix.lower() == ".gz"
    try:
        write_whole(output, _folded(parts) if is_gzip else parts)
    except OSError as error:
        raise unwritable(error) from None


def _folded(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | _AS_GZIP)
    yield from map(packer.compress, parts)
    yield packer.flush()
