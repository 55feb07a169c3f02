"""A bounce mailbox that is a Maildir: mails are moved as they are settled, and none is deleted.

What was understood goes from ``new`` to ``cur``, marked as seen; what was not goes to the
folder ``.not-understood`` (Maildir++), as new, for a person to look at.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from digest.bounces.reading import LARGEST
from digest.errors import MailboxError
from digest.ports.bounces import BounceMail

_ASIDE = ".not-understood"


class MaildirBounces:
    """The ``BounceMailbox`` port on a Maildir.

    Args:
        path: the Maildir; somebody else's program delivers into it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """What to call it."""
        return f"Maildir {self._path}"

    def mails(self) -> Iterator[BounceMail]:
        """Yield the new mails, oldest first.

        Raises:
            MailboxError: the folder cannot be read.
        """
        try:
            names = sorted(entry.name for entry in os.scandir(self._path / "new"))
        except OSError as error:
            raise MailboxError(f"{self.name}: cannot be read: {error.strerror}") from error
        for name in names:
            try:
                with (self._path / "new" / name).open("rb") as file:
                    content = file.read(LARGEST)
            except FileNotFoundError:
                continue  # another process was faster
            except OSError as error:
                raise MailboxError(f"{self.name}: {name}: {error.strerror}") from error
            yield BounceMail(id=name, content=content)

    def settle(self, mail: BounceMail, *, understood: bool) -> None:
        """Move a mail to where it belongs; one that is gone was moved by another process.

        Raises:
            MailboxError: it cannot be moved.
        """
        base = mail.id.partition(":")[0]
        target = self._path / "cur" / f"{base}:2,S"
        if not understood:
            target = self._path / _ASIDE / "new" / base
        try:
            for folder in ("cur", "new", "tmp"):
                (target.parent.parent / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._path / "new" / mail.id).rename(target)
        except FileNotFoundError:
            return
        except OSError as error:
            raise MailboxError(f"{self.name}: {mail.id}: {error.strerror}") from error

    def close(self) -> None:
        """Nothing is held open."""
