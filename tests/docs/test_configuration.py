"""The page of the configuration and the example tell every key, and its default."""

import tomllib
from itertools import chain
from typing import get_args

import pytest
from pydantic import BaseModel

from digest.config.models import Config, KeywordSettings
from digest.config.smtp import DkimSettings
from tests.documents import example, page, repeated, rows, section, uncommented

TABLES = (
    "digest", "store", "smtp", "maildir", "delivery", "bounces", "bounces.imap", "bounces.maildir",
    "semantic", "web", "web.report",
)  # fmt: skip
SECTIONS = {f"`[{name}]`": name for name in TABLES} | {
    "`[[sources]]`": "sources",
    "`[[subscribers]]`": "subscribers",
}
# What a table needs besides the key that is looked at.
NEEDED = {
    "smtp": {"host": "h", "sender": "a@example.org"},
    "maildir": {"path": "p", "sender": "a@example.org"},
    "subscribers": {"email": "a@example.org"},
    "bounces.imap": {"host": "h", "username": "u", "password_env": "P"},
    "bounces.maildir": {"path": "p"},
    "web.report": {"password_env": "P"},
}
# Other ways to say what ``password_file`` says; one file can show one of them.
OTHER_PASSWORDS = {
    "password": "DIGEST_SMTP__PASSWORD",
    "password_env": 'password_env = "NAME"',
    "token_command": 'token_command = ["…"]',
}


def models_in(annotation):
    """Return the tables that an annotation is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return list(chain.from_iterable(map(models_in, get_args(annotation))))


def models_of(name):
    outer, _, inner = name.partition(".")
    models = models_in(Config.model_fields[outer].annotation)
    return models_in(models[0].model_fields[inner].annotation) if inner else models


def keys_of(name):
    return set(chain.from_iterable(model.model_fields for model in models_of(name)))


def test_configuration_page_has_every_table():
    tables = {name for name, field in Config.model_fields.items() if models_in(field.annotation)}

    inner = {
        f"{name}.{key}"
        for name in tables - {"sources", "subscribers"}
        for model in models_of(name)
        for key, field in model.model_fields.items()
        if models_in(field.annotation)
    }
    in_blocks = {"smtp.dkim", "smtp.fallback"}  # told under headings of their own
    assert set(SECTIONS.values()) | in_blocks == tables | inner


@pytest.mark.parametrize(("heading", "name"), SECTIONS.items())
def test_configuration_page_tells_every_key_once_and_no_other(heading, name):
    told = [row[0].strip("`") for row in rows(section(page("configuration.md"), heading))[1:]]

    assert not repeated(told)
    assert set(told) == keys_of(name)


def test_configuration_page_tells_what_an_interest_may_say():
    told = [row[0].strip("`") for row in rows(section(page("configuration.md"), "An interest"))[1:]]

    assert sorted(told) == sorted(KeywordSettings.model_fields)


def test_configuration_page_tells_what_a_signing_key_may_say():
    told = [
        row[0].strip("`") for row in rows(section(page("configuration.md"), "A signing key"))[1:]
    ]
    shown = tomllib.loads(uncommented(example()))["smtp"]["dkim"]

    assert sorted(told) == sorted(DkimSettings.model_fields) == sorted(shown)


@pytest.mark.parametrize(
    ("model", "needed", "key", "told"),
    [
        pytest.param(model, NEEDED.get(name, {}), row[0].strip("`"), row[1], id=f"{name}.{row[0]}")
        for heading, name in SECTIONS.items()
        if name != "sources"
        for model in models_of(name)
        for row in rows(section(page("configuration.md"), heading))[1:]
    ],
)
def test_defaults_on_the_configuration_page_are_the_program_s(model, needed, key, told):
    field = model.model_fields[key]
    if told in {"required", "none"}:
        assert field.is_required() if told == "required" else field.default is None
        return
    value = tomllib.loads(f"value = {told.strip('`')}")["value"]

    usual = getattr(model.model_validate(needed), key)
    assert getattr(model.model_validate(needed | {key: value}), key) == usual


def test_sources_page_has_every_type_once():
    types = [get_args(model.model_fields["type"].annotation)[0] for model in models_of("sources")]
    told = [row[0].strip("`") for row in rows(page("sources.md").split("## ")[0])[1:]]

    assert sorted(told) == sorted(types)


@pytest.mark.parametrize("name", SECTIONS.values())
def test_example_shows_every_key(name):
    tables = tomllib.loads(uncommented(example()))
    if name == "maildir":  # it has given way to [smtp]
        tables = tomllib.loads(example())
    for key in name.split("."):
        tables = tables[key]
    shown = set(chain.from_iterable(tables if isinstance(tables, list) else [tables]))

    assert keys_of(name) - set(OTHER_PASSWORDS) == shown
    assert all(way in example() for way in OTHER_PASSWORDS.values())
