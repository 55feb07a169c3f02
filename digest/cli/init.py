"""``digest init``: a first configuration, the database and the secret key."""

import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.asker import Asker
from digest.cli.options import Now, Quiet, Verbose, set_up_logging
from digest.errors import ConfigError

if TYPE_CHECKING:
    from digest.config import Config
    from digest.wiring.new_config import Answers


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where.")] = Path(),
    email: Annotated[str | None, typer.Option(help="The first reader's address.")] = None,
    name: Annotated[str | None, typer.Option(help="The first reader's name.")] = None,
    interest: Annotated[
        list[str] | None, typer.Option(help="An interest of theirs; may be repeated.")
    ] = None,
    category: Annotated[
        list[str] | None, typer.Option(help="An arXiv category to harvest; may be repeated.")
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="Such as Europe/Paris.")] = None,
    smtp_host: Annotated[str | None, typer.Option(help="Your relay; none: a Maildir.")] = None,
    smtp_port: Annotated[int | None, typer.Option(help="587, 465 or your own.")] = None,
    smtp_security: Annotated[str | None, typer.Option(help="starttls, tls or none.")] = None,
    smtp_username: Annotated[str | None, typer.Option(help="For AUTH.")] = None,
    sender: Annotated[
        str | None, typer.Option(help='"Name <address>" that mails come from.')
    ] = None,
    now: Now = None,
    verbose: Verbose = 0,
    quiet: Quiet = False,
) -> None:
    """Write a first config.toml, database and secret key.

    Asks on a terminal for what no option says. What is there already is kept.
    """
    from digest.config import load
    from digest.store import migrate, shown
    from digest.wiring.open_store import naming_store_url
    from digest.wiring.secret_files import make_key_file

    del now  # every command takes it; nothing here depends on the time
    set_up_logging(verbose, quiet=quiet)
    path = folder / "config.toml"
    given = {
        "email": email,
        "name": name,
        "interest": ", ".join(interest) if interest else None,
        "category": ", ".join(category) if category else None,
        "timezone": timezone,
        "smtp_host": smtp_host,
        "smtp_port": None if smtp_port is None else str(smtp_port),
        "smtp_security": smtp_security,
        "smtp_username": smtp_username,
        "sender": sender,
    }
    is_there = path.exists() and (not path.is_file() or path.stat().st_size > 0)
    if not is_there:
        _write(path, _answers(Asker(given, interactive=_is_terminal())))
    told = [f"{path}: {'kept as it is' if is_there else 'written'}"]
    settings = load(path)
    if is_there:
        _say_what_was_not_used(given, settings)
    key = settings.path(settings.digest.secret_key_file)
    told.append(f"{key}: {'written' if make_key_file(settings) else 'kept as it is'}")
    with naming_store_url(settings):
        before, after = migrate(settings.store.url, base=settings.folder)
    told.append(f"{shown(settings.store.url)}: {_fate(before, after)}, schema {after}")
    if not quiet:
        typer.echo("\n".join((*told, *_next_steps(settings, path))))


def _answers(ask: Asker) -> "Answers":
    from digest.config.fields import parse_email, parse_host, parse_mailbox, parse_timezone
    from digest.wiring.new_config import Answers, check_category, check_port, check_security

    blank = Answers()
    email = ask.text("email", "Your mail address", blank.email, parse_email)
    reader = ask.text("name", "Your name", "" if email != blank.email else blank.reader)
    mine = Answers(
        email=email,
        reader=reader,
        interests=ask.words("interest", "Your interests, separated by commas", blank.interests),
        categories=ask.words("category", "arXiv categories", blank.categories, check_category),
        timezone=ask.text("timezone", "Your time zone", blank.timezone, parse_timezone),
    )
    host = ask.text(
        "smtp_host",
        "SMTP relay (empty: deliver into a folder)",
        "",
        lambda answer: answer and parse_host(answer),
    )
    if not host:
        sender = ask.text("sender", "Mails come from", blank.sender, parse_mailbox)
        return replace(mine, sender=sender)
    sender = f"Trending papers <{email}>"
    return replace(
        mine,
        smtp_host=host,
        smtp_port=int(ask.text("smtp_port", "Its port", str(blank.smtp_port), check_port)),
        smtp_security=ask.text(
            "smtp_security", "Its security", blank.smtp_security, check_security
        ),
        smtp_username=ask.text("smtp_username", "Login name (empty: none)", ""),
        sender=ask.text("sender", "Mails come from", sender, parse_mailbox),
    )


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _say_what_was_not_used(given: Mapping[str, str | None], settings: "Config") -> None:
    """Tell of options that a configuration which is there already keeps from having effect."""
    from digest.wiring.people import is_in_file

    unused = [f"--{key.replace('_', '-')}" for key, value in given.items() if value is not None]
    email = given["email"]
    if email:
        unused.remove("--email")
    if email and not is_in_file(email, settings):
        own = "" if settings.file == "config.toml" else f" -c {settings.file}"
        typer.echo(
            f"{settings.file}: {email} was not added; run `digest subscribers add {email}{own}`",
            err=True,
        )
    if unused:
        typer.echo(f"{settings.file}: not changed by {', '.join(unused)}; edit the file", err=True)


def _write(path: Path, answers: "Answers") -> None:
    """Write a configuration; answers that make no valid one leave nothing behind."""
    from digest.config import load
    from digest.wiring.new_config import write_config

    made = [folder for folder in path.parents if not folder.exists()]
    try:
        write_config(path, answers)
        try:
            load(path)
        except ConfigError:
            path.unlink()
            raise
    except ConfigError:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


def _fate(before: str | None, after: str) -> str:
    if before is None:
        return "created"
    return "kept" if before == after else "brought up to date"


def _next_steps(settings: "Config", path: Path) -> list[str]:
    """Return what to do now, in order."""
    smtp = settings.smtp
    secret = settings.path(smtp.password_file) if smtp and smtp.password_file else None
    option = "" if path == Path("config.toml") else f" -c {path}"
    steps = [f"look through {path}"]
    if secret and not secret.exists():
        steps.append(f"put the relay's password into {secret} (chmod 600)")
    steps.extend((f"digest doctor{option}", f"digest send{option}"))
    return ["Next:", *(f"  {number}. {step}" for number, step in enumerate(steps, start=1))]
