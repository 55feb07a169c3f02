"""``[bounces]``: where reports about our mails arrive, and how a bounce finds its mail."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from digest.config.fields import Duration, Email, Host, Port
from digest.config.secret import OnePassword
from digest.config.table import Table

_LONGEST_NAME = 23  # RFC 5321, 4.5.3.1.1: 64 octets before the @, 40 of them the token
_PORTS = {"tls": 993, "starttls": 143}


class ImapSettings(OnePassword):
    """``[bounces.imap]``: a mailbox on a server; never without verified TLS."""

    host: Host
    port: Port | None = None
    security: Literal["tls", "starttls"] = "tls"
    username: Annotated[str, Field(min_length=1)]
    folder: Annotated[str, Field(min_length=1)] = "INBOX"
    ca_file: Path | None = None

    @property
    def port_or_usual(self) -> int:
        """The port, or the usual one for its kind of security."""
        return self.port or _PORTS[self.security]


class BounceMaildirSettings(Table):
    """``[bounces.maildir]``: a folder that a mail system delivers reports into."""

    path: Path


class BouncesSettings(Table):
    """``[bounces]``: the envelope sender, and the mailboxes to read."""

    address: Email | None = None
    separator: Annotated[
        str,
        Field(
            pattern=r"^[+=_.-]$", json_schema_extra={"allowed": 'one of "+", "-", "=", "_", "."'}
        ),
    ] = "+"
    every: Duration = timedelta(minutes=5)
    imap: ImapSettings | None = None
    maildir: BounceMaildirSettings | None = None

    @model_validator(mode="after")
    def _room_for_the_token(self) -> Self:
        name = (self.address or "").rpartition("@")[0] + self.separator
        if len(name.encode()) > _LONGEST_NAME + 1:
            raise ValueError(f"address: has too long a name; allowed: {_LONGEST_NAME} characters")
        if not name.isascii():
            raise ValueError("address: must have a name in ASCII")
        if self.every < timedelta(minutes=1):
            raise ValueError("every: is too often; allowed: 1m or more")
        return self

    @property
    def has_mailbox(self) -> bool:
        """True when there is something to read."""
        return self.imap is not None or self.maildir is not None
