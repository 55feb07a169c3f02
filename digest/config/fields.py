"""Kinds of values in a configuration, each with its own reading and its own help."""

import re
import shlex
from contextlib import suppress
from datetime import time, timedelta
from email.utils import getaddresses
from ipaddress import ip_address
from typing import Annotated
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field

from digest.core.paper import PaperId
from digest.core.schedule import Cadence
from digest.core.text import ascii_host

_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")
_FILE = re.compile(r"sqlite:///.+")
_SERVER = re.compile(r"postgresql(\+psycopg)?://([^@]*@)?[^/?@]*/[^/?@]+(\?.*)?")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=36_500)


def parse_duration(raw: object) -> timedelta:
    """Read ``90s``, ``5m``, ``24h``, ``30d`` or ``2w``, up to a hundred years.

    Raises:
        ValueError: it is none of these, or longer.
    """
    if isinstance(raw, timedelta):
        return raw
    match = re.fullmatch(r"(\d+)\s*([smhdw])", raw.strip()) if isinstance(raw, str) else None
    if match is None:
        raise ValueError("not a duration")
    unit = timedelta(**{_UNITS[match[2]]: 1})
    if int(match[1]) > _LONGEST // unit:
        raise ValueError("is too long")
    return int(match[1]) * unit


def parse_local_time(raw: object) -> time:
    """Read a wall-clock time ``07:30``.

    Raises:
        ValueError: it is no such time.
    """
    if isinstance(raw, time):
        return raw.replace(tzinfo=None, second=0, microsecond=0)
    match = re.fullmatch(r"(\d{1,2}):(\d\d)", raw.strip()) if isinstance(raw, str) else None
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:  # noqa: PLR2004 - a clock
        raise ValueError("not a time of day")
    return time(int(match[1]), int(match[2]))


def parse_timezone(raw: object) -> str:
    """Check an IANA time zone name.

    Raises:
        ValueError: there is no such zone.
    """
    if not isinstance(raw, str):
        raise ValueError("not a time zone")  # noqa: TRY004 - pydantic wants ValueError
    try:
        ZoneInfo(raw)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {raw!r}") from None
    return raw


def parse_cadence(raw: object) -> Cadence:
    """Read a cadence.

    Raises:
        ValueError: it is none.
    """
    if isinstance(raw, Cadence):
        return raw
    if not isinstance(raw, str):
        raise ValueError("not a cadence")  # noqa: TRY004 - pydantic wants ValueError
    return Cadence.parse(raw)


def parse_email(raw: object) -> str:
    """Normalise a mail address (RFC 5321 local part, IDNA domain), without asking DNS.

    Raises:
        ValueError: it is no address that mail could be sent to.
    """
    if not isinstance(raw, str):
        raise ValueError("not a mail address")  # noqa: TRY004 - pydantic wants ValueError
    try:
        return validate_email(
            raw.strip(), check_deliverability=False, test_environment=True, strict=True
        ).normalized
    except EmailNotValidError as error:
        raise ValueError(f"{raw!r} is no mail address: {str(error).rstrip('.')}") from None


def parse_mailbox(raw: object) -> tuple[str, str]:
    """Read ``Name <address>`` or a bare address into (name, address).

    Raises:
        ValueError: the address is not one, or there is more than one.
    """
    if isinstance(raw, (tuple, list)):
        return str(raw[0]), parse_email(raw[1])
    if not isinstance(raw, str):
        raise ValueError("not a mailbox")  # noqa: TRY004 - pydantic wants ValueError
    mailboxes = getaddresses([raw])
    if len(mailboxes) > 1:
        raise ValueError("is more than one mailbox")
    name, address = mailboxes[0] if mailboxes else ("", "")
    return " ".join(name.split()), parse_email(address or raw)


def parse_paper_id(raw: object) -> PaperId:
    """Read an arXiv id, a DOI or a canonical id.

    Raises:
        ValueError: it is empty or not text.
    """
    if not isinstance(raw, str):
        raise ValueError("not a paper id")  # noqa: TRY004 - pydantic wants ValueError
    return PaperId.parse(raw)


def parse_domain(raw: object) -> str:
    """Read a domain name into lower-case A-labels.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(raw, str):
        raise ValueError("not a domain")  # noqa: TRY004 - pydantic wants ValueError
    try:
        name = ascii_host(raw.strip().removesuffix("."))
    except ValueError:
        name = ""
    if not _DOMAIN.fullmatch(name):
        raise ValueError("is no domain name")
    return name


def parse_host(raw: object) -> str:
    """Check the name or the address of a host, without asking DNS.

    Raises:
        ValueError: it is neither.
    """
    if not isinstance(raw, str):
        raise ValueError("not a host")  # noqa: TRY004 - pydantic wants ValueError
    with suppress(ValueError):
        return str(ip_address(raw))
    with suppress(ValueError):
        if _DOMAIN.fullmatch(ascii_host(raw.removesuffix("."))):
            return raw
    raise ValueError("is no host" if raw else "must not be empty")


def at_least(least: str) -> AfterValidator:
    """Return what refuses durations below one of ours."""

    def check(duration: timedelta) -> timedelta:
        if duration < parse_duration(least):
            raise ValueError(f"is too short; allowed: {least} or more")
        return duration

    return AfterValidator(check)


def parse_command(raw: object) -> tuple[str, ...]:
    """Read a command and its arguments: a list, or one text with a shell's quotes.

    Raises:
        ValueError: it is empty, or a quote is not closed.
    """
    try:
        words = shlex.split(raw) if isinstance(raw, str) else raw
    except ValueError:
        raise ValueError("a quotation mark is not closed") from None
    if not isinstance(words, (list, tuple)) or not all(isinstance(word, str) for word in words):
        raise ValueError("not a command")
    if not words or not words[0] or any("\0" in word for word in words):
        raise ValueError("names no command")
    return tuple(words)


def parse_store_url(raw: object) -> str:
    """Check where a database is; a password in it is written as in any URL.

    Raises:
        ValueError: it is neither a file's nor a server's.
    """
    if not isinstance(raw, str):
        raise ValueError("must be text")  # noqa: TRY004 - pydantic wants ValueError
    if _FILE.fullmatch(raw):
        return raw
    if raw.startswith("postgresql") and raw.count("@") > 1:
        raise ValueError("a @ in the user or the password is written %40")
    if not _SERVER.fullmatch(raw):
        raise ValueError("does not have the form that is wanted")
    return raw


def no_bool(raw: object) -> object:
    """Refuse true and false where a number is wanted (Python takes them for 1 and 0)."""
    if isinstance(raw, bool):
        raise ValueError("not a number")  # noqa: TRY004 - pydantic wants ValueError
    return raw


def _help(text: str) -> object:
    return Field(json_schema_extra={"allowed": text})


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    _help('a number with s, m, h, d or w, such as "90s", "24h", "30d", up to "36500d"'),
]
Host = Annotated[
    str,
    BeforeValidator(parse_host),
    _help('a name such as "smtp.example.org" or an address, without scheme and port'),
]
LocalTime = Annotated[
    time, BeforeValidator(parse_local_time), _help('a local time from "00:00" to "23:59"')
]
TimeZone = Annotated[
    str, BeforeValidator(parse_timezone), _help('an IANA name such as "Europe/Paris" or "UTC"')
]
CadenceName = Annotated[
    Cadence,
    BeforeValidator(parse_cadence),
    _help("daily, weekdays, weekly, weekly:mon to weekly:sun, monthly"),
]
Email = Annotated[str, BeforeValidator(parse_email), _help('an address such as "ada@example.org"')]
Mailbox = Annotated[
    tuple[str, str],
    BeforeValidator(parse_mailbox),
    _help('"Name <address@example.org>" or a bare address'),
]
PaperIdText = Annotated[
    PaperId,
    BeforeValidator(parse_paper_id),
    _help('an id such as "arxiv:2005.11401" or "doi:10.1038/…"'),
]
Domain = Annotated[str, BeforeValidator(parse_domain), _help('a domain such as "example.org"')]
Command = Annotated[
    tuple[str, ...],
    BeforeValidator(parse_command),
    _help('a list such as ["program", "argument"]; no shell sees it'),
]
StoreUrl = Annotated[
    str,
    BeforeValidator(parse_store_url),
    _help('"sqlite:///FILE" or "postgresql+psycopg://USER:PASSWORD@HOST/NAME"'),
]
Count = Annotated[int, BeforeValidator(no_bool), Field(ge=1, le=1_000_000)]
Port = Annotated[
    int, BeforeValidator(no_bool), Field(ge=1, le=65_535), _help("a port from 1 to 65535")
]
Number = Annotated[float, BeforeValidator(no_bool)]
