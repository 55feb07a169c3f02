"""Make the ways out that a configuration asks for."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from digest.config import Config, MaildirSettings, RelaySettings, SmtpSettings
from digest.core.outcome import Cause
from digest.errors import ConfigError
from digest.ports import Pace, RelayRecord, RelayStore, Transport
from digest.wiring.clock import Clock
from digest.wiring.secret_files import relay_password
from digest.wiring.signing import signing_keys

if TYPE_CHECKING:
    from digest.transports.maildir import MaildirTransport
    from digest.transports.relay import Relay

_RATE_MARGIN = 0.05


def open_transports(config: Config, relays: RelayStore, clock: Clock) -> list[Transport]:
    """Return the ways out in their order; they open no connection yet.

    Args:
        config: names them in ``[smtp]`` or ``[maildir]``.
        relays: where their limits are kept.
        clock: gives the present, whose day's quotas count.

    Raises:
        ConfigError: none is configured, or a secret is missing.
        TransportError: the Maildir cannot be made, or ``ca_file`` cannot be read.
    """
    if config.maildir:
        return [maildir_of(config.maildir, config)]
    from digest.transports.smtp import SmtpTransport

    return [SmtpTransport(relay, _pace_of(relay, relays, clock)) for relay in relays_of(config)]


def names_of(config: Config) -> list[str]:
    """Return the names of the ways out in their order, as the store knows them; reads no secret."""
    if config.maildir:
        return [f"maildir {config.path(config.maildir.path)}"]
    return [f"{of.host}:{of.port}" for of in (config.smtp.relays if config.smtp else ())]


def troubled_ways(config: Config, relays: RelayStore, *, now: datetime) -> list[RelayRecord]:
    """Return the ways out in their order, whether they rest or not, if all are in trouble.

    As long as one works, no mail waits for the others. A day's quota that was used up is no
    trouble on the next day.
    """
    names, records = names_of(config), relays.relay_records(now=now)
    in_trouble = {of.name: of for of in records if of.failures and not _has_new_quota(of, now)}
    return [in_trouble[name] for name in names] if in_trouble.keys() >= set(names) else []


def _has_new_quota(of: RelayRecord, now: datetime) -> bool:
    return of.cause is Cause.QUOTA and of.not_before is not None and of.not_before <= now


def _pace_of(relay: "Relay", relays: RelayStore, clock: Clock) -> Pace:
    from digest.pipeline.pace import FreePace, StoredPace

    if not (relay.rate_per_minute or relay.rate_per_day):
        return FreePace()
    return StoredPace(
        relays,
        str(relay),
        per_minute=relay.rate_per_minute,
        per_day=relay.rate_per_day,
        margin=_RATE_MARGIN,
        clock=time.time,
        today=lambda: clock().astimezone(UTC).date(),
    )


def maildir_of(maildir: MaildirSettings, config: Config) -> "MaildirTransport":
    """Return the transport that ``[maildir]`` describes, its folder made.

    Raises:
        TransportError: the folder cannot be made.
    """
    from digest.transports.maildir import MaildirTransport

    return MaildirTransport(config.path(maildir.path))


def relays_of(config: Config) -> "list[Relay]":
    """Return the relays that ``[smtp]`` describes, in order, their passwords read and checked.

    Raises:
        ConfigError: there is no ``[smtp]``, or a password cannot be read.
    """
    smtp = _smtp(config)
    return [_relay_of(config, relay, _key_of(smtp, relay)) for relay in smtp.relays]


def _relay_of(config: Config, settings: RelaySettings, key: str) -> "Relay":
    from digest.transports.access_tokens import AccessTokens
    from digest.transports.relay import Relay, Security

    password, command = relay_password(config, settings, key), settings.token_command
    return Relay(
        host=settings.host,
        port=settings.port,
        security=Security(settings.security),
        username=settings.username or "",
        password=lambda: password,
        tokens=AccessTokens(command, folder=config.folder) if command else None,
        ca_file=config.path(settings.ca_file) if settings.ca_file else None,
        connections=settings.connections,
        max_per_connection=settings.max_per_connection,
        rate_per_minute=settings.rate_per_minute,
        rate_per_day=settings.rate_per_day,
        data_timeout=config.delivery.data_timeout.total_seconds(),
    )


def _key_of(smtp: SmtpSettings, relay: RelaySettings) -> str:
    """Return the place of a relay in the configuration."""
    return "smtp" if relay is smtp else f"smtp.fallback[{smtp.fallback.index(relay) + 1}]"


def check_way_out(config: Config) -> None:
    """Fail early when mails could not leave: no way out, no password, or no key to sign with.

    Raises:
        ConfigError: with the key that is missing.
    """
    if config.maildir is None:
        smtp = _smtp(config)
        for relay in smtp.relays:
            relay_password(config, relay, _key_of(smtp, relay))
        signing_keys(config)


def _smtp(config: Config) -> SmtpSettings:
    if config.smtp is None:
        raise ConfigError(
            [f"{config.where('smtp')}: is missing; sending needs a [smtp] or a [maildir] table"]
        )
    return config.smtp
