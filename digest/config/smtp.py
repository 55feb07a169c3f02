"""``[smtp]``: the relay, how to log in there, and the keys that sign what goes to it."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from digest.config.fields import Command, Count, Domain, Duration, Host, Mailbox, Port
from digest.config.table import Table

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SenderPattern = Annotated[
    str,
    Field(
        pattern=r"^[^@\s]*@[^@\s]+$",
        json_schema_extra={"allowed": 'an address, or a domain such as "@example.org"'},
    ),
]
_LABEL = "[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"


class DkimSettings(Table):
    """``[smtp.dkim]``: one key that signs; ``[[smtp.dkim]]`` where there are several."""

    domain: Domain
    selector: Annotated[
        str,
        Field(
            pattern=rf"^{_LABEL}(\.{_LABEL})*$",
            max_length=128,
            json_schema_extra={"allowed": 'letters, digits and hyphens, such as "s1"'},
        ),
    ]
    key_file: Path
    lifetime: Duration | None = None


def _as_list(raw: object) -> object:
    """Take one table for a list of one."""
    return [raw] if isinstance(raw, dict) else raw


class RelaySettings(Table):
    """``[[smtp.fallback]]``: a relay. ``security`` never falls back to something weaker."""

    host: Host
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None
    password_env: str | None = None
    token_command: Annotated[Command | None, Field(repr=False)] = None
    ca_file: Path | None = None
    connections: Annotated[Count, Field(le=100)] = 4
    max_per_connection: Count = 100
    rate_per_minute: Annotated[int, Field(ge=0)] = 0
    rate_per_day: Annotated[int, Field(ge=0)] = 0
    senders: tuple[SenderPattern, ...] = ()

    @model_validator(mode="after")
    def _one_login(self) -> Self:
        given = [self.password, self.password_file, self.password_env, self.token_command]
        if self.username and not any(given):
            raise ValueError(
                "username is set but no password; "
                "allowed: password_file, password_env or token_command"
            )
        if sum(value is not None for value in given) > 1:
            raise ValueError(
                "more than one password; allowed: password_file, password_env or token_command"
            )
        if self.token_command and not self.username:
            raise ValueError("token_command is set but no username; allowed: both or none")
        if any(given) and not self.username:
            raise ValueError("a password is set but no username; allowed: both or none")
        if self.username and self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError(
                'security = "none" would send the password in clear; allowed on loopback only'
            )
        return self

    def serves(self, sender: str) -> bool:
        """Tell whether this relay takes mails from an address."""
        domain = sender.rpartition("@")[2].casefold()
        return not self.senders or any(
            pattern.casefold() in {sender.casefold(), f"@{domain}"} for pattern in self.senders
        )


class SmtpSettings(RelaySettings):
    """``[smtp]``: the first relay, who mails come from, and what takes over in trouble."""

    sender: Mailbox
    dkim: Annotated[tuple[DkimSettings, ...], BeforeValidator(_as_list)] = ()
    fallback: tuple[RelaySettings, ...] = ()

    @property
    def relays(self) -> tuple[RelaySettings, ...]:
        """Those that take mails from our sender, in the order in which they are tried."""
        every = (self, *self.fallback)
        return tuple(relay for relay in every if relay.serves(self.sender[1]))

    @model_validator(mode="after")
    def _some_relay_serves_us(self) -> Self:
        if not self.relays:
            raise ValueError(
                f"no relay takes mails from {self.sender[1]}; "
                "allowed: senders that name it or its domain, or no senders at all"
            )
        return self
