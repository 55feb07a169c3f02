"""``digest preview``: write a reader's next mail without sending it."""

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.options import DEFAULT_CONFIG, ConfigPath, Now, Verbose, set_up_logging
from digest.errors import UsageError


def preview(
    email: Annotated[str, typer.Argument(help="Whose mail.")],
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path("preview"),
    open_: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
    now: Now = None,
    verbose: Verbose = 0,
) -> None:
    """Write the mail as .eml, .html and .txt without sending it."""
    from digest.core.message import message_id
    from digest.wiring import open_workspace
    from digest.wiring.letters import letter_room

    set_up_logging(verbose)
    with open_workspace(config, now=now) as workspace:
        reader = workspace.find(email)
        edition, _ = workspace.preview(reader)
        room = letter_room(workspace.config, workspace.clock)
        own_id = message_id(f"preview.{edition.slot.key}.{reader.id}", room.letterhead.domain)
        letter = room.write(edition, reader, own_id)
    stem = out / _file_name(reader.email)
    try:
        out.mkdir(parents=True, exist_ok=True)
        stem.with_suffix(".eml").write_bytes(letter.message)
        stem.with_suffix(".html").write_text(letter.rendered.html, encoding="utf-8")
        stem.with_suffix(".txt").write_text(letter.rendered.text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from None
    typer.echo(f"Subject: {letter.rendered.subject}")
    for suffix in (".eml", ".html", ".txt"):
        typer.echo(str(stem.with_suffix(suffix)))
    if open_:
        typer.launch(str(stem.with_suffix(".html")))


def _file_name(email: str) -> str:
    """Return a file name without a suffix that mail addresses cannot break out of."""
    kept = "".join(c if c.isalnum() or c in "@-_+" else "-" for c in email)
    return kept.strip("-") or "mail"
