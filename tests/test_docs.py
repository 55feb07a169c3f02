"""The documents say what the program does: nothing is missing, stale or broken in them."""

import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import fields
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest
import typer
from jinja2 import Environment, meta
from pydantic import BaseModel

import digest
from digest import errors
from digest.cli.app import app, run_command
from digest.config import load
from digest.config.models import Config, KeywordSettings
from digest.config.smtp import DkimSettings
from digest.core.delivery import DeliveryState
from digest.core.harvest import HarvestState
from digest.core.outcome import Cause
from digest.core.rank.keyword_doctor import Ailment
from digest.core.render.author_view import AuthorsView, AuthorView
from digest.core.render.feedback_view import FeedbackView
from digest.core.render.page import EditionView, LinksView, ListView, Page, ReaderView
from digest.core.render.paper_view import LinkView, PaperView
from digest.core.render.reason_view import ReasonView
from digest.core.render.theme import HTML_PARTS, STYLES, TEXT_PARTS
from digest.pipeline.why import Code
from digest.wiring.new_config import Answers, render_config

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")]
)
EXAMPLE = ROOT / "config.example.toml"
# Where there is no configuration yet, options that choose one make no sense.
NOT_TAKEN = {
    "digest demo": {"--config", "-c", "--now"},
    "digest init": {"--config", "-c", "--now", "--verbose", "-v"},
}


def page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def section(text, heading, *, deep=False):
    """Return what stands under a heading, up to the next one (or the next of its level)."""
    found = list(re.finditer(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE))
    assert len(found) == 1, f"{heading!r} is a heading {len(found)} times"
    level = len(found[0][1]) if deep else 6
    rest = text[found[0].end() :]
    return re.split(rf"^#{{1,{level}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text):
    """Return the rows of every table, as lists of cells."""
    lines = [line for line in text.splitlines() if re.match(r"\|(?! ?---)", line)]
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    return [[cell.strip() for cell in row] for row in cells]


def first_words(text):
    """Return the first word of every code span in the first cells of tables."""
    spans = chain.from_iterable(re.findall(r"`([^`]+)`", row[0]) for row in rows(text))
    return [span.split()[0] for span in spans]


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def of_pages(language):
    return [
        pytest.param(block, id=f"{file.relative_to(ROOT)}-{number}")
        for file in PAGES
        for number, block in enumerate(blocks(file.read_text(encoding="utf-8"), language), start=1)
    ]


def repeated(items):
    return {item for item, count in Counter(items).items() if count > 1}


# Commands


def commands(command=None, name="digest"):
    """Return every command by its full name."""
    command = command or typer.main.get_command(app)
    inner = getattr(command, "commands", None)
    if not inner:
        return {name: command}
    found = {}
    for each, sub in inner.items():
        found |= commands(sub, f"{name} {each}")
    return found


COMMANDS = commands()


def words_of(command):
    """Return what a command takes, as its help and the documents spell it."""
    words = set()
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            words.add((parameter.metavar or parameter.name.upper()).strip("[]").removesuffix("..."))
        else:
            words.update(parameter.opts)
    return words - {"--help", "-h"}


def common_options():
    return set(first_words(section(page("commands.md"), "Options of every command")))


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_page_tells_what_a_command_takes_and_nothing_else(name):
    told = first_words(section(page("commands.md"), f"`{name}`"))

    assert not repeated(told)
    assert set(told) == words_of(COMMANDS[name]) - common_options()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_the_common_options(name):
    taken = words_of(COMMANDS[name]) & common_options()

    assert taken == common_options() - NOT_TAKEN.get(name, set())


def test_commands_page_knows_the_options_of_the_program_itself():
    root = typer.main.get_command(app)

    assert all(f"`digest {word}`" in page("commands.md") for word in words_of(root))


def test_documents_speak_only_of_commands_that_exist():
    known = {name.split()[1] for name in COMMANDS}
    code = "\n".join(
        chain.from_iterable(
            re.findall(
                r"^```.*?^```|`[^`\n]+`", file.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
            )
            for file in PAGES
        )
    )
    spoken = set(re.findall(r"(?<!from )\bdigest ([a-z]+)\b(?! *=)", code))

    assert spoken - known == set()


# Configuration

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


# Codes, states and variables


@pytest.mark.parametrize(
    ("name", "heading", "enum"),
    [
        ("commands.md", "Reason codes", Code),
        ("commands.md", "Causes", [cause for cause in Cause if cause]),
        ("commands.md", "Keywords that do not work", Ailment),
        ("sources.md", "What came of a harvest", HarvestState),
        ("operations.md", "Deliveries", DeliveryState),
    ],
)
def test_every_state_is_told_once(name, heading, enum):
    told = [row[0].strip("`") for row in rows(section(page(name), heading))[1:]]

    assert sorted(told) == sorted(member.value for member in enum)


def test_every_exit_code_is_told_once():
    codes = {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.DigestError)
    }
    told = [int(row[0]) for row in rows(section(page("commands.md"), "Exit codes"))[1:]]

    assert not repeated(told)
    assert set(told) == codes | {0, 130}


def variables():
    """Return every name that the program gives to templates, those of lists in the singular."""
    views = {
        "list": ListView, "edition": EditionView, "reader": ReaderView, "links": LinksView,
        "paper": PaperView, "link": LinkView, "authors": AuthorsView, "author": AuthorView,
        "reason": ReasonView, "feedback": FeedbackView,
    }  # fmt: skip
    names = {f"{name}.{field.name}" for name, view in views.items() for field in fields(view)}
    return names | ({field.name for field in fields(Page)} - set(views))


def used_by_default_theme():
    environment = Environment(autoescape=True)
    environment.filters["wrap"] = str
    return set().union(
        *(
            meta.find_undeclared_variables(environment.parse(file.read_text(encoding="utf-8")))
            for file in (ROOT / "templates/default").glob("*.j2")
        )
    )


def test_themes_page_tells_every_variable_once():
    told = first_words(section(page("themes.md"), "Variables"))

    assert not repeated(told)
    assert variables() <= set(told)
    roots = {word.partition(".")[0] for word in told}
    assert roots - {"author", "link"} == used_by_default_theme()


def test_themes_page_tells_no_variable_that_there_is_not():
    told = set(first_words(section(page("themes.md"), "Variables")))

    assert {word for word in told if "." in word} <= variables()


def test_themes_page_names_every_file_once():
    told = first_words(section(page("themes.md"), "Files"))

    assert sorted(told) == sorted([*HTML_PARTS, *TEXT_PARTS, *STYLES, "theme.toml"])


# Examples


@pytest.mark.parametrize("block", of_pages("python"))
def test_python_in_the_documents_runs(block, tmp_path):
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-"],
        input=block,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.stderr == ""
    assert ran.returncode == 0
    assert "Dense Passage Retrieval" in ran.stdout


@pytest.mark.parametrize("block", of_pages("toml"))
def test_toml_in_the_documents_is_toml(block):
    assert tomllib.loads(block)


def test_there_are_examples_to_try():
    assert of_pages("python")
    assert of_pages("toml")


def test_library_gives_every_name_that_it_promises():
    assert all(getattr(digest, name) for name in digest.__all__)
    with pytest.raises(AttributeError, match="no attribute 'recommend'"):
        digest.recommend  # noqa: B018 - asking is the test


def test_importing_the_library_loads_nothing_else():
    code = "import sys, digest; print(*[name for name in sys.modules if 'digest.' in name])"
    ran = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert ran.stdout.split() == []


# The example configuration


def example():
    return EXAMPLE.read_text(encoding="utf-8")


def uncommented(text):
    """Return the example with every key that it shows as a comment, and without ``[maildir]``."""
    without = re.sub(r"^\[maildir\]\n(?:.+\n)+", "", text, flags=re.MULTILINE)
    return re.sub(r"^# (?=\w+ = |\[)", "", without, flags=re.MULTILINE)


def test_example_is_what_init_writes():
    assert example() == render_config(Answers())


def test_example_is_a_clean_configuration():
    config = load(EXAMPLE, environment={})

    assert [source.name for source in config.sources] == ["arxiv", "huggingface"]
    assert [reader.email for reader in config.subscribers] == ["ada@example.org"]


def test_example_with_every_comment_sign_removed_is_a_clean_configuration(tmp_path):
    (tmp_path / "config.toml").write_text(uncommented(example()), encoding="utf-8")
    for named in ("subscribers.toml", "refs.bib"):
        (tmp_path / named).write_text("", encoding="utf-8")

    config = load(tmp_path / "config.toml", environment={})

    assert config.smtp.host == "smtp.example.org"
    assert [source.name for source in config.sources] == ["arxiv", "huggingface", "nature", "file"]


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


def test_example_lines_are_not_too_long():
    assert max(map(len, example().splitlines())) <= 100


def test_example_delivers_papers_of_a_file_into_its_maildir(tmp_path, capsys):
    own = '[[sources]]\ntype = "file"\npath = "papers.jsonl"\n\n'
    text = re.sub(
        r"^\[\[sources\]\]\n.*(?=^# Readers:)", own, example(), flags=re.MULTILINE | re.DOTALL
    )
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    paper = '{"id": "2406.01234", "title": "Dense retrieval of letters", "published": null}\n'
    (tmp_path / "papers.jsonl").write_text(paper, encoding="utf-8")

    code = run_command(["send", "--config", str(tmp_path / "config.toml")])

    assert (code, capsys.readouterr().err) == (0, "")
    [mail] = (tmp_path / "outbox/new").iterdir()
    assert b"Dense retrieval of letters" in mail.read_bytes()


# Links and pictures


def anchors_of(file):
    """Return the anchors that GitHub gives to a page's headings."""
    text = re.sub(
        r"^```.*?^```$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links_of(file):
    text = file.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    return [target for target in targets if not re.match(r"https?://|mailto:", target)]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_relative_links_lead_somewhere(file):
    for target in links_of(file):
        path, _, anchor = target.partition("#")
        there = (file.parent / path).resolve() if path else file
        assert there.exists(), target
        assert not anchor or anchor in anchors_of(there), target


def test_every_page_is_linked_from_the_readme_or_from_a_page_that_is():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        file = waiting.pop()
        reached.add(file)
        paths = {(file.parent / link.partition("#")[0]).resolve() for link in links_of(file)}
        waiting += [path for path in paths if path.suffix == ".md" and path not in reached]

    assert set(PAGES) - reached == set()


def test_pictures_are_small():
    pictures = list((DOCS / "images").iterdir())

    assert pictures
    assert all(picture.stat().st_size < 200_000 for picture in pictures)
