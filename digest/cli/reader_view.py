"""What the subscribers commands show of a reader: wishes, settings and library."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.cli.output import count

if TYPE_CHECKING:
    from digest.core.rank import Remark
    from digest.core.subscriber import Subscriber
    from digest.wiring.libraries import Libraries


def wishes(reader: "Subscriber", libraries: "Libraries | None" = None) -> str:
    """Return in a few words what a reader is interested in."""
    wanted = reader.interests
    has_library = libraries is not None and libraries.has_files_of(reader)
    if wanted.is_empty and not has_library:
        return "(trending list)"
    parts = (
        *(keyword.term for keyword in wanted.keywords),
        *wanted.categories,
        *wanted.authors,
        count(len(wanted.liked), "liked paper") if wanted.liked else "",
        count(len(wanted.saved), "saved paper") if wanted.saved else "",
        "a library" if has_library else "",
        wanted.text,
    )
    return ", ".join(filter(None, parts))


def listed(reader: "Subscriber", *, suppressed: bool) -> dict[str, Any]:
    """Return a reader for JSON, with what no file of readers has."""
    from digest.wiring.people import to_record

    return {"id": reader.id, "suppressed": suppressed} | to_record(reader)


def state_of(reader: "Subscriber", *, suppressed: bool) -> str:
    """Return a reader's status, and whether the address must not be mailed."""
    return f"{reader.status.value}, suppressed" if suppressed else reader.status.value


def record_of(remark: "Remark") -> dict[str, str]:
    """Return a remark on a keyword for JSON."""
    return {"keyword": remark.keyword, "ailment": remark.ailment.value, "line": remark.line}


def in_words(value: object) -> str:
    """Write a setting as a line; a keyword with a weight as ``diffusion (weight 0.5)``."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, dict):
        extra = ", ".join(f"{key} {part}" for key, part in value.items() if key != "term")
        return f"{value['term']} ({extra})"
    return ", ".join(map(in_words, value)) if isinstance(value, list) else str(value)


def library_of(reader: "Subscriber", libraries: "Libraries | None") -> dict[str, Any] | None:
    """Return what came of a reader's bibliography, None when there is none."""
    holdings = libraries.holdings(reader) if libraries else None
    if holdings is None:
        return None
    return {
        "files": [*map(str, holdings.files)],
        "counted": holdings.counted,
        "total": holdings.total,
        "broken": [*holdings.broken],
        "remark": holdings.remark,
    }


def told_of_library(library: dict[str, Any]) -> str:
    """Say how much of a bibliography counts: ``200 of 312 entries count (refs.bib)``."""
    names = ", ".join(Path(file).name for file in library["files"])
    skipped = f", {len(library['broken'])} skipped" if library["broken"] else ""
    remark = f"; {library['remark']}" if library["remark"] else ""
    return f"{library['counted']} of {library['total']} entries count ({names}){skipped}{remark}"
