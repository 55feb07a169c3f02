"""Make the transport that a configuration asks for."""

from typing import TYPE_CHECKING

from digest.config import Config, SmtpSettings
from digest.errors import ConfigError
from digest.ports import Transport
from digest.wiring.secret_files import smtp_password
from digest.wiring.signing import signing_keys

if TYPE_CHECKING:
    from digest.transports.relay import Relay


def open_transport(config: Config) -> Transport:
    """Return the transport of ``[smtp]`` or ``[maildir]``; it opens no connection yet.

    Raises:
        ConfigError: neither is configured, or a secret is missing.
        TransportError: the Maildir cannot be made, or ``ca_file`` cannot be read.
    """
    if config.maildir:
        from digest.transports.maildir import MaildirTransport

        return MaildirTransport(config.path(config.maildir.path))
    from digest.transports.smtp import SmtpTransport

    return SmtpTransport(relay_of(config))


def relay_of(config: Config) -> "Relay":
    """Return the relay that ``[smtp]`` describes, its password read and checked.

    Raises:
        ConfigError: there is no ``[smtp]``, or its password cannot be read.
    """
    from digest.transports.access_tokens import AccessTokens
    from digest.transports.relay import Relay, Security

    smtp, password = _smtp(config), smtp_password(config)
    command = smtp.token_command
    return Relay(
        host=smtp.host,
        port=smtp.port,
        security=Security(smtp.security),
        username=smtp.username or "",
        password=lambda: password,
        tokens=AccessTokens(command, folder=config.folder) if command else None,
        ca_file=config.path(smtp.ca_file) if smtp.ca_file else None,
        connections=smtp.connections,
        max_per_connection=smtp.max_per_connection,
        rate_per_minute=smtp.rate_per_minute,
        data_timeout=config.delivery.data_timeout.total_seconds(),
    )


def check_way_out(config: Config) -> None:
    """Fail early when mails could not leave: no way out, no password, or no key to sign with.

    Raises:
        ConfigError: with the key that is missing.
    """
    if config.maildir is None:
        _smtp(config)
        smtp_password(config)
        signing_keys(config)


def _smtp(config: Config) -> SmtpSettings:
    if config.smtp is None:
        raise ConfigError(["smtp: is missing; sending needs a [smtp] or a [maildir] table"])
    return config.smtp
