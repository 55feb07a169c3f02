"""The folder of a demonstration: made, or emptied of what an earlier one left there."""

import shutil
from pathlib import Path

from digest.errors import UsageError

_MARK = ".digest-demo"
_FOLDERS = {"mails", "Maildir"}
_DATABASE = ("", ".lock", "-wal", "-shm", "-journal")
_FILES = {_MARK, "config.toml", "secret.key", *(f"digest.db{suffix}" for suffix in _DATABASE)}
_MAILS = {".eml", ".html"}


def make_room(out: Path) -> None:
    """Make a folder ready for a demonstration.

    Raises:
        UsageError: it is none, or holds what no demonstration made; nothing was touched.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is no folder; name one with --out")
    ours = [*out.iterdir()] if out.exists() else []
    if ours and not (out / _MARK).exists():
        raise UsageError(f"{out}: holds other files; name an empty folder with --out")
    for entry in ours:
        if foreign := _foreign(entry):
            raise UsageError(
                f"{foreign}: is no file of `digest demo`; "
                "move it away, or name an empty folder with --out"
            )
    for entry in ours:
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARK).touch()


def _foreign(entry: Path) -> Path | None:
    """Return what is not ours of an entry: itself, or a file among the mails.

    Whatever is in the Maildir belongs there: programs that read mail keep files of their own in it.
    """
    if entry.is_symlink() or entry.name not in (_FOLDERS if entry.is_dir() else _FILES):
        return entry
    if entry.name != "mails":
        return None
    kept = (mail for mail in entry.iterdir() if mail.suffix not in _MAILS or not mail.is_file())
    return next(kept, None)
