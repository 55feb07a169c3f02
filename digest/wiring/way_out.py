"""Make the ways out that a configuration asks for."""

import time
from typing import TYPE_CHECKING

from digest.config import Config, MaildirSettings, SmtpSettings
from digest.errors import ConfigError
from digest.ports import Pace, RelayStore, Transport
from digest.wiring.secret_files import smtp_password

if TYPE_CHECKING:
    from digest.transports.maildir import MaildirTransport
    from digest.transports.relay import Relay


def open_transports(config: Config, relays: RelayStore) -> list[Transport]:
    """Return the ways out in their order; they open no connection yet.

    Args:
        config: names them in ``[smtp]`` or ``[maildir]``.
        relays: where their limits are kept.

    Raises:
        ConfigError: none is configured, or a secret is missing.
        TransportError: the Maildir cannot be made, or ``ca_file`` cannot be read.
    """
    if config.maildir:
        return [maildir_of(config.maildir, config)]
    from digest.transports.smtp import SmtpTransport

    relay = relay_of(config)
    return [SmtpTransport(relay, _pace_of(relay, relays))]


def _pace_of(relay: "Relay", relays: RelayStore) -> Pace:
    from digest.pipeline.pace import FreePace, StoredPace

    if not (relay.rate_per_minute or relay.rate_per_day):
        return FreePace()
    return StoredPace(
        relays,
        str(relay),
        per_minute=relay.rate_per_minute,
        per_day=relay.rate_per_day,
        clock=time.time,
    )


def maildir_of(maildir: MaildirSettings, config: Config) -> "MaildirTransport":
    """Return the transport that ``[maildir]`` describes, its folder made.

    Raises:
        TransportError: the folder cannot be made.
    """
    from digest.transports.maildir import MaildirTransport

    return MaildirTransport(config.path(maildir.path))


def relay_of(config: Config) -> "Relay":
    """Return the relay that ``[smtp]`` describes, its password read and checked.

    Raises:
        ConfigError: there is no ``[smtp]``, or its password cannot be read.
    """
    from digest.transports.relay import Relay, Security

    smtp, password = _smtp(config), smtp_password(config)
    return Relay(
        host=smtp.host,
        port=smtp.port,
        security=Security(smtp.security),
        username=smtp.username or "",
        password=lambda: password,
        ca_file=config.path(smtp.ca_file) if smtp.ca_file else None,
        connections=smtp.connections,
        max_per_connection=smtp.max_per_connection,
        rate_per_minute=smtp.rate_per_minute,
        rate_per_day=smtp.rate_per_day,
        data_timeout=config.delivery.data_timeout.total_seconds(),
    )


def check_way_out(config: Config) -> None:
    """Fail early when mails could not leave: no way out configured, or no password.

    Raises:
        ConfigError: with the key that is missing.
    """
    if config.maildir is None:
        _smtp(config)
        smtp_password(config)


def _smtp(config: Config) -> SmtpSettings:
    if config.smtp is None:
        raise ConfigError(["smtp: is missing; sending needs a [smtp] or a [maildir] table"])
    return config.smtp
