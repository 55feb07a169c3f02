"""Read a configuration file, lay the environment over it, and report every problem."""

import os
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from digest.config.controls import control_characters
from digest.config.dkim import misplaced_keys
from digest.config.models import Config, SubscriberSettings
from digest.config.problems import Origin, explain
from digest.config.table import Table
from digest.core.schedule import Schedule
from digest.core.subscriber import LIST_SETTINGS, Interests, Keyword, Subscriber
from digest.errors import ConfigError

PREFIX = "DIGEST_"
_TABLES = ("digest", "store", "smtp", "maildir", "delivery", "bounces", "semantic", "web")
_LOGINS = ("smtp", "bounces", "web")
_Value = TypeVar("_Value")


class _SubscribersFile(Table):
    subscribers: tuple[SubscriberSettings, ...] = ()


def load(path: Path, environment: Mapping[str, str] | None = None) -> Config:
    """Read and check a configuration.

    Args:
        path: the TOML file.
        environment: variables ``DIGEST_SECTION__KEY`` that override the file's keys; None
            takes the process's own.

    Raises:
        ConfigError: with one line for each problem found.
    """
    variables = os.environ if environment is None else environment
    origin = Origin(str(path))
    raw = _read_toml(path, hint="; `digest init` writes one, or name yours with --config FILE")
    _refuse_password_in_file(raw, origin)
    _lay_over(raw, variables, origin)
    _refuse_control_characters(raw, origin)
    raw |= {"folder": path.absolute().parent, "file": str(path)}
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(explain(error, Config, raw, origin)) from None
    wrong = [*_repeated_readers(config.subscribers, origin.file)]
    config = _with_subscribers_file(config, origin)
    if problems := [*_repeated(config, origin), *misplaced_keys(config, origin), *wrong]:
        raise ConfigError(problems)
    return config


def subscribers_of(config: Config) -> list[Subscriber]:
    """Return the configured readers with the list's defaults filled in."""
    return [subscriber_of(reader, config) for reader in config.subscribers]


def subscriber_of(reader: SubscriberSettings, config: Config) -> Subscriber:
    """Return one reader of the configuration as the program knows subscribers."""
    default = config.digest
    return Subscriber(
        email=reader.email,
        name=reader.name,
        interests=Interests(
            keywords=tuple(
                Keyword(term=keyword.term, weight=keyword.weight, field=keyword.field)
                for keyword in reader.interests
            ),
            exclude=reader.exclude,
            categories=reader.categories,
            authors=reader.authors,
            liked=reader.liked,
            text=reader.text,
            saved=reader.saved,
            disliked=reader.disliked,
            exclude_authors=reader.exclude_authors,
        ),
        schedule=Schedule(
            cadence=reader.cadence or default.cadence,
            send_at=reader.send_at or default.send_at,
            timezone=reader.timezone or default.timezone,
        ),
        max_papers=reader.max_papers or default.max_papers,
        min_score=_own(reader.min_score, default.min_score),
        trending_weight=_own(reader.trending_weight, default.trending_weight),
        trending=_own(reader.trending, default.trending),
        outsider=_own(reader.outsider, default.outsider),
        theme=reader.theme or default.theme,
        follows=frozenset(name for name in LIST_SETTINGS if getattr(reader, name) is None),
    )


def usual_subscriber(config: Config) -> Subscriber:
    """Return a reader who leaves everything to the list."""
    return subscriber_of(SubscriberSettings(email="usual@example.org"), config)


def _own(value: _Value | None, default: _Value) -> _Value:
    return default if value is None else value


def _read_toml(path: Path, *, hint: str = "") -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError([f"{path}: no such file{hint}"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: not UTF-8 text; a TOML file must be"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: not valid TOML: {error}"]) from None


def _refuse_password_in_file(raw: Mapping[str, Any], origin: Origin) -> None:
    for where, table in _logins(raw):
        if "password" not in table:
            continue
        variable = f"{PREFIX}{where.replace('.', '__').upper()}__PASSWORD"
        variables = "" if "[" in where else f", or {variable}"
        raise ConfigError(
            [
                (
                    f"{origin.file}: {where}.password: does not belong in this file; allowed: "
                    f'password_file = "FILE", password_env = "NAME"{variables}'
                )
            ]
        )


def _refuse_control_characters(raw: Mapping[str, Any], origin: Origin) -> None:
    if problems := control_characters(raw, origin):
        raise ConfigError(problems)


def _logins(raw: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the tables that may name a password, with their place."""
    tables = (table if isinstance(table, dict) else {} for table in map(raw.get, _LOGINS))
    smtp, bounces, web = tables
    yield "smtp", smtp
    relays = smtp.get("fallback")
    for number, relay in enumerate(relays if isinstance(relays, list) else (), start=1):
        if isinstance(relay, dict):
            yield f"smtp.fallback[{number}]", relay
    for where, inner in (("bounces.imap", bounces.get("imap")), ("web.report", web.get("report"))):
        if isinstance(inner, dict):
            yield where, inner


def _lay_over(raw: dict[str, Any], variables: Mapping[str, str], origin: Origin) -> None:
    """Put ``DIGEST_SECTION__KEY`` variables over the file's values, remembering which."""
    for name in sorted(variables):
        if not name.startswith(PREFIX) or "__" not in name:
            continue
        keys = name.removeprefix(PREFIX).lower().split("__")
        if keys[0] not in _TABLES:
            allowed = ", ".join(f"{PREFIX}{table.upper()}__KEY" for table in _TABLES)
            raise ConfigError([f"environment: {name}: no such table; allowed: {allowed}"])
        table = raw
        for key in keys[:-1]:
            inner = table.setdefault(key, {})
            if not isinstance(inner, dict):
                raise ConfigError([f"environment: {name}: {key} is not a table"])
            table = inner
        table[keys[-1]] = variables[name]
        origin.variables[tuple(keys)] = name


def _with_subscribers_file(config: Config, origin: Origin) -> Config:
    """Add the readers of ``subscribers_file`` to those of the file itself."""
    named = config.subscribers_file or config.digest.subscribers_file
    if named is None:
        return config
    path = config.path(named)
    try:
        content = _read_toml(path)
    except ConfigError as error:
        problems = [f"{origin.file}: subscribers_file: {problem}" for problem in error.problems]
        raise ConfigError(problems) from None
    _refuse_control_characters(content, Origin(str(path)))
    try:
        more = _SubscribersFile.model_validate(content)
    except ValidationError as error:
        raise ConfigError(explain(error, _SubscribersFile, content, Origin(str(path)))) from None
    repeated = _repeated_readers(more.subscribers, str(path), config.subscribers, origin.file)
    if problems := [*repeated]:
        raise ConfigError(problems)
    return config.model_copy(update={"subscribers": config.subscribers + more.subscribers})


def _repeated(config: Config, origin: Origin) -> Iterator[str]:
    """Yield a line for each name that must be unique and is not."""
    for name in _doubles([source.name for source in config.sources]):
        yield (
            f"{origin.file}: sources: two sources are called {name!r}; "
            'give one of them its own name = "…"'
        )


def _repeated_readers(
    readers: Sequence[SubscriberSettings],
    file: str,
    others: Sequence[SubscriberSettings] = (),
    other_file: str = "",
) -> Iterator[str]:
    """Yield a line for each reader who is in a file twice, or in another one too."""
    emails = [reader.email.casefold() for reader in readers]
    for email in _doubles(emails):
        yield f"{file}: subscribers: {email} is there more than once; allowed: once"
    for email in sorted({reader.email.casefold() for reader in others}.intersection(emails)):
        yield f"{file}: subscribers: {email} is in {other_file} too; allowed: in one of them"


def _doubles(names: Sequence[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
