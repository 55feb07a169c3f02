"""Bibliographies of the configuration's readers, read when they are first asked for.

A file is read again when it has changed, so that a daemon sees what a reference manager has
written since. What it held before stands for as long as nothing better can be read; without
that, the reader's mail waits for it.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from digest.config import Config
from digest.config.library import kind_of, trouble_with
from digest.core.library import Library, newest, read_library
from digest.core.paper import Paper
from digest.core.subscriber import Origin, Subscriber

_MOST_KEPT = 200  # files in memory; each holds the papers that count, with their abstracts
_MOST_TOLD = 20  # broken entries of one file

_Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Read:
    stamp: _Stamp
    library: Library
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What came of one reader's bibliography.

    Attributes:
        files: as absolute paths.
        counted: how many papers count.
        total: how many entries there are, without the broken ones.
        broken: what was skipped, one line each, naming the file.
        trouble: why it cannot be read, naming the file, or "".
    """

    files: tuple[Path, ...]
    counted: int
    total: int
    broken: tuple[str, ...]
    trouble: str = ""

    @property
    def remark(self) -> str:
        """What is wrong with all of it, or ""."""
        if self.trouble:
            return f"{self.trouble}; the reader's mail waits until it can be read"
        return "" if self.total else "there is no entry in it"


class Libraries:
    """The ``Libraries`` port on files; usable from any thread.

    Args:
        files: paths by the reader's address in lower case.
    """

    def __init__(self, files: dict[str, tuple[Path, ...]]) -> None:
        self._files = files
        self._kept: dict[Path, _Read] = {}
        self._told: dict[Path, str | _Stamp] = {}
        self._turn = threading.Lock()

    def papers_of(self, reader: Subscriber) -> tuple[Paper, ...]:
        """See ``ports.Libraries``; readers who came in by another door have none here."""
        return newest(paper for _, read in self._read(reader) for paper in read.library.papers)

    def trouble_of(self, reader: Subscriber) -> str:
        """See ``ports.Libraries``; what a file held when it could be read stands for it."""
        return "; ".join(
            f"library {file}: {read.trouble}" for file, read in self._read(reader) if read.trouble
        )

    def has_files_of(self, reader: Subscriber) -> bool:
        """Tell whether the configuration names a bibliography of a reader."""
        return bool(self._files_of(reader))

    def holdings(self, reader: Subscriber) -> Holdings | None:
        """Say what came of a reader's bibliography; None when there is none."""
        files = [(file, read.library) for file, read in self._read(reader)]
        if not files:
            return None
        return Holdings(
            files=tuple(file for file, _ in files),
            counted=len(newest(paper for _, library in files for paper in library.papers)),
            total=sum(library.total for _, library in files),
            broken=tuple(
                f"{file}: {broken}" for file, library in files for broken in library.broken
            ),
            trouble=self.trouble_of(reader),
        )

    def _read(self, reader: Subscriber) -> Iterator[tuple[Path, _Read]]:
        for file in self._files_of(reader):
            with self._turn:
                read = self._current(file)
            yield file, read

    def _files_of(self, reader: Subscriber) -> tuple[Path, ...]:
        is_ours = reader.origin is Origin.FILE
        return self._files.get(reader.email.casefold(), ()) if is_ours else ()

    def _current(self, file: Path) -> _Read:
        """Return what a file holds now, or held when it could last be read."""
        before = self._kept.pop(file, None)
        now = _read_again(file, before)
        if isinstance(now, str):
            is_known = before is not None and not before.trouble
            self._tell(file, now, [now if is_known else f"{now}; the reader's mail waits for it"])
            now = before if before and is_known else _Read((0, 0), Library(), now)
        else:
            self._tell(file, now.stamp, [*map(str, now.library.broken)])
            if before and now.library.broken and not now.library.total:
                now = _Read(now.stamp, before.library)
        self._kept[file] = now
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return now

    def _tell(self, file: Path, state: str | _Stamp, troubles: list[str]) -> None:
        """Log what is wrong with a file, once for each state that it was in."""
        if self._told.get(file) == state:
            return
        self._told[file] = state
        if troubles:
            import structlog

            log = structlog.get_logger(__name__)
            for trouble in troubles[:_MOST_TOLD]:
                log.warning("library_skipped", file=str(file), why=trouble)
            if len(troubles) > _MOST_TOLD:
                log.warning("library_skipped", file=str(file), more=len(troubles) - _MOST_TOLD)


def open_libraries(config: Config) -> Libraries | None:
    """Return the bibliographies that a configuration names, None when it names none."""
    files = {
        reader.email.casefold(): tuple(map(config.path, reader.library))
        for reader in config.subscribers
        if reader.library
    }
    return Libraries(files) if files else None


def _read_again(file: Path, before: _Read | None) -> _Read | str:
    """Return what a file holds, ``before`` when it has not changed, or what is wrong."""
    if trouble := trouble_with(file):
        return trouble
    try:
        found = file.stat()
        stamp = (found.st_mtime_ns, found.st_size)
        if before and before.stamp == stamp and not before.trouble:
            return before
        content = file.read_bytes()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return _Read(stamp, read_library(_decoded(content), kind_of(file)))


def _decoded(content: bytes) -> str:
    """Return text in UTF-8, in UTF-16 with its mark, or as old exports on Windows wrote it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
