"""The page of commands tells what each of them takes, and nothing else."""

import re
from itertools import chain

import pytest
import typer

from digest.cli.app import app
from tests.documents import PAGES, first_words, page, repeated, section

# It writes a configuration into a folder that is named.
NOT_TAKEN = {"digest init": {"--config", "-c"}}


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
