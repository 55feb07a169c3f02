"""Secrets: read when needed, made when missing, never shown."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from digest.config import Config, RelaySettings
from digest.config.secret import OnePassword
from digest.core.tokens import KeyRing
from digest.errors import ConfigError
from digest.whole_file import write_new

_Account = RelaySettings | OnePassword
_KEY_BYTES = 32
_SHORTEST_PASSWORD = 8  # of those that we check ourselves


def key_ring(config: Config) -> KeyRing:
    """Return the keys that links are signed with; makes the key file when there is none.

    The file holds one key a line, hexadecimal; the first signs, all are accepted.

    Raises:
        ConfigError: the file cannot be read or written, others may read it, or it is empty.
    """
    path, where = _key_file(config)
    try:
        if not path.exists():
            make_key_file(config)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ConfigError([f"{where}: others can read it; run `chmod 600 {path}`"])
        lines = path.read_text(encoding="ascii").split()
        keys = tuple(bytes.fromhex(line) for line in lines)
    except (UnicodeDecodeError, ValueError):
        raise ConfigError([f"{where}: holds no keys; allowed: hexadecimal, one a line"]) from None
    except OSError as error:
        raise ConfigError([f"{where}: cannot be read: {error.strerror}"]) from None
    if not keys or any(len(key) < 16 for key in keys):  # noqa: PLR2004 - 128 bits
        raise ConfigError([f"{where}: holds no key of 16 bytes or more; `digest init` makes one"])
    return KeyRing(keys)


def make_key_file(config: Config) -> bool:
    """Write a new random key (mode 0600) unless there is one; tell whether it was made.

    Raises:
        ConfigError: it cannot be written.
    """
    path, where = _key_file(config)
    try:
        return write_new(path, f"{secrets.token_hex(_KEY_BYTES)}\n".encode())
    except OSError as error:
        raise ConfigError([f"{where}: cannot be written: {error.strerror}"]) from None


def _key_file(config: Config) -> tuple[Path, str]:
    """Return the file of the keys, and how a message names it.

    Raises:
        ConfigError: it is a folder.
    """
    path = config.path(config.digest.secret_key_file)
    where = f"{config.where('digest.secret_key_file')}: {path}"
    if path.is_dir():
        raise ConfigError([f"{where}: is a folder; allowed: a file"])
    return path, where


def relay_password(config: Config, relay: RelaySettings, key: str) -> str:
    """Return a relay's password, "" when none is configured.

    Args:
        config: tells where relative paths begin.
        relay: names the file or the variable.
        key: the relay's place in the configuration, "smtp" or "smtp.fallback[1]".

    Raises:
        ConfigError: the file or variable that should hold it does not.
    """
    return _password(config, relay, key)


def imap_password(config: Config) -> str:
    """Return the bounce mailbox's password, "" when there is no such mailbox.

    Raises:
        ConfigError: the file or variable that should hold it does not.
    """
    imap = config.bounces and config.bounces.imap
    return _password(config, imap, "bounces.imap") if imap else ""


def report_password(config: Config) -> str:
    """Return the password of the operator's pages, "" when there are none.

    Raises:
        ConfigError: the file or variable that should hold it does not, or it is too short.
    """
    if config.web.report is None:
        return ""
    password = _password(config, config.web.report, "web.report")
    if len(password) < _SHORTEST_PASSWORD:
        where = config.where("web.report")
        allowed = f"allowed: {_SHORTEST_PASSWORD} characters"
        raise ConfigError([f"{where}: the password is too short; {allowed}"])
    return password


def exposed_passwords(config: Config) -> Iterator[str]:
    """Yield a line for each password file that others on this machine can read.

    Not an error: secrets that containers are given are often so, where nobody else is.
    """
    accounts: list[_Account | None] = [
        *(config.smtp.relays if config.smtp else ()),
        config.bounces.imap if config.bounces else None,
        config.web.report,
    ]
    files = (account.password_file for account in accounts if account)
    for path in dict.fromkeys(config.path(file) for file in files if file):
        with suppress(OSError):  # whoever reads the password says why it cannot be
            if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
                yield f"{path}: others can read it; run `chmod 600 {path}`"


def _password(config: Config, account: _Account, table: str) -> str:
    if account.password is not None:
        return account.password.get_secret_value()
    if account.password_env is not None:
        value = os.environ.get(account.password_env)
        if not value:
            where = config.where(f"{table}.password_env")
            raise ConfigError([f"{where}: the variable {account.password_env} is not set or empty"])
        return value
    if account.password_file is not None:
        path = config.path(account.password_file)
        return _password_in(path, config.where(f"{table}.password_file"))
    return ""


def _password_in(path: Path, where: str) -> str:
    try:
        password = path.read_text(encoding="utf-8").rstrip("\r\n")
    except FileNotFoundError:
        raise ConfigError(
            [f"{where}: {path}: no such file; put the password in it, mode 600"]
        ) from None
    except OSError as error:
        raise ConfigError([f"{where}: {path}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{where}: {path}: is not UTF-8 text"]) from None
    if not password:
        raise ConfigError([f"{where}: {path}: is empty"])
    return password
