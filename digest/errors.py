"""Every error that this program raises on purpose, as one tree.

* DigestError
  + UsageError             a command was called in a way that cannot work
    - UnknownSubscriber
    - UnknownPaper
    - InvalidTransition    a state may not follow another
  + ConfigError            the configuration is wrong; carries every problem found
  + RecordError            one record (a paper, a profile, a reader) cannot be read
    - RecordsError         several of one file cannot; carries what is wrong with each
  + TokenError             a link's token is not genuine, not for this, or too old
  + ThemeError             a theme is missing a part or does not render
  + StoreError             the database cannot be used
    - StaleSchemaError
    - StoreBusyError       another daemon holds the store (temporary)
    - StoreAwayError       its server does not answer now (temporary)
    - StoreAddressError    store.url, or what it leads to, is not fit for use
  + SourceError            an upstream gave no usable answer; carries its named state
  + TransportError         the relay cannot be used at all; carries what to mend
  + MailboxError           the bounce mailbox cannot be read (temporary)
  + EncoderError           the sentence model cannot be used; ranking goes on without it

``temporary`` says whether the same call may succeed later, unchanged;
``exit_code`` is what the command line ends with (design: 0, 1, 2 or 75).
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar


class DigestError(Exception):
    """The operation could not be done."""

    temporary = False
    exit_code = 1


class UsageError(DigestError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class UnknownSubscriberError(UsageError):
    """No subscriber has this address.

    Args:
        address: the address as the caller gave it.
    """

    def __init__(self, address: str) -> None:
        super().__init__(
            f"{address}: no such subscriber; `digest subscribers list` shows who is there"
        )
        self.address = address


class UnknownPaperError(UsageError):
    """No paper is known under this id.

    Args:
        paper: the id as the caller gave it.
    """

    def __init__(self, paper: str) -> None:
        super().__init__(f"{paper}: no such paper; it was in no harvest")
        self.paper = paper


class ConfigError(DigestError):
    """The configuration is wrong.

    Args:
        problems: one line each, ``where: table.key: what is wrong, what is allowed``.
    """

    exit_code = 2

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class RecordError(DigestError):
    """One record cannot be read; the message says which field and why."""

    exit_code = 2


class RecordsError(RecordError):
    """Records of a file cannot be read.

    Args:
        problems: one line each.
        most: how many of them to keep; a last line then counts the others.
    """

    def __init__(self, problems: Sequence[str], *, most: int) -> None:
        more = len(problems) - most
        rest = (f"… and {more} more",) if more > 0 else ()
        self.problems = (*problems[:most], *rest)
        super().__init__("\n".join(self.problems))


class TokenError(DigestError):
    """A link's token gives no right.

    Args:
        reason: why, as one of the words below.
    """

    REASONS: ClassVar = {
        "malformed": "it is incomplete or no token at all",
        "key": "it was signed with a key that is no longer accepted",
        "forged": "its signature does not match",
        "purpose": "it is for another page",
        "expired": "it is too old; ask for a new one",
    }

    def __init__(self, reason: str) -> None:
        super().__init__(f"this link does not work: {self.REASONS[reason]}")
        self.reason = reason


class InvalidTransitionError(UsageError):
    """A state may not follow another."""


class ThemeError(DigestError):
    """A theme is missing a part, or does not render."""

    exit_code = 2


class StoreError(DigestError):
    """The database cannot be used."""


class StaleSchemaError(StoreError):
    """The database was made by another version of the program."""

    exit_code = 2


class StoreBusyError(StoreError):
    """Another daemon holds this store."""

    temporary = True
    exit_code = 75


class StoreAwayError(StoreError):
    """The database server does not answer, or broke off; it may be back soon."""

    temporary = True
    exit_code = 75


class StoreAddressError(StoreError):
    """``store.url``, or what it leads to, has to be corrected by somebody."""

    exit_code = 2


class SourceError(DigestError):
    """An upstream gave no usable answer."""

    temporary = True


class TransportError(DigestError):
    """The relay cannot be used at all; the message says what to mend."""

    temporary = True
    exit_code = 75


class MailboxError(DigestError):
    """The bounce mailbox cannot be read, or a mail in it not moved."""

    temporary = True
    exit_code = 75


class EncoderError(DigestError):
    """The sentence model of the extra ``semantic`` cannot be used; the message says why."""

    exit_code = 2
