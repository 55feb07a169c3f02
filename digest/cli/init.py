"""``digest init``: a first configuration, the database and the secret key."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from digest.errors import ConfigError


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
) -> None:
    """Write a commented config.toml, create the database and a secret key.

    Asks on a terminal for what no option says. What is there already is kept.
    """
    from digest.config import load
    from digest.store import migrate
    from digest.wiring.new_config import Answers, write_config
    from digest.wiring.secret_files import make_key_file

    path = folder / "config.toml"
    if path.exists():
        typer.echo(f"{path}: kept as it is")
    else:
        ask = _Asker(interactive=sys.stdin.isatty() and sys.stdout.isatty())
        blank = Answers()
        address = ask.text("Your mail address", email, blank.email)
        host = ask.text("SMTP relay (empty: deliver into a folder)", smtp_host, "")
        answers = Answers(
            email=address,
            reader=ask.text("Your name", name, "" if email else blank.reader),
            interests=ask.words("Your interests, separated by commas", interest, blank.interests),
            categories=ask.words("arXiv categories", category, blank.categories),
            timezone=ask.text("Your time zone", timezone, blank.timezone),
            smtp_host=host,
            smtp_port=int(ask.text("Its port", _number(smtp_port), "587")) if host else 587,
            smtp_security=ask.text("Its security", smtp_security, "starttls")
            if host
            else "starttls",
            smtp_username=ask.text("Login name (empty: none)", smtp_username, "") if host else "",
            sender=ask.text(
                "Mails come from",
                sender,
                blank.sender if not host else f"Trending papers <{address}>",
            ),
        )
        write_config(path, answers)
        _check_or_undo(path)
        typer.echo(f"{path}: written")
    settings = load(path)
    key = settings.path(settings.digest.secret_key_file)
    typer.echo(f"{key}: {'written' if make_key_file(key) else 'kept as it is'}")
    before, after = migrate(settings.store.url, base=settings.folder)
    typer.echo(f"{settings.store.url}: {'kept' if before == after else 'created'}, schema {after}")
    typer.echo(
        f"Next: look through {path}, then `digest doctor -c {path}`, `digest send -c {path}`"
    )


class _Asker:
    """Asks for what no option said; without a terminal takes the default."""

    def __init__(self, *, interactive: bool) -> None:
        self._interactive = interactive

    def text(self, question: str, given: str | None, default: str) -> str:
        """Return what was given, answered, or the default."""
        if given is not None:
            return given
        if not self._interactive:
            return default
        return str(typer.prompt(question, default=default, show_default=bool(default)))

    def words(self, question: str, given: list[str] | None, default: Sequence[str]) -> list[str]:
        """Return a list of words, answered with commas between them."""
        if given:
            return given
        answer = self.text(question, None, ", ".join(default))
        return [word.strip() for word in answer.split(",") if word.strip()]


def _number(given: int | None) -> str | None:
    return None if given is None else str(given)


def _check_or_undo(path: Path) -> None:
    """Check a file just written; answers that make no valid one leave nothing behind."""
    from digest.config import load

    try:
        load(path)
    except ConfigError:
        path.unlink()
        raise
