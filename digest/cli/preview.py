"""``digest preview``: write a reader's next mail without sending it."""

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.options import Common, with_common
from digest.cli.output import unwritable
from digest.whole_file import write_whole


@with_common
def preview(
    email: Annotated[str, typer.Argument(help="Whose mail.")],
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path("preview"),
    open_: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
    *,
    common: Common,
) -> None:
    """Write a reader's next mail as .eml, .html and .txt without sending it."""
    from digest.core.message import message_id
    from digest.wiring.letters import letter_room

    with common.open_workspace() as workspace:
        reader = workspace.with_feedback(workspace.find(email))
        edition, _ = workspace.preview(reader)
        room = letter_room(workspace.config, workspace.clock)
        own_id = message_id(f"preview.{edition.slot.key}.{reader.id}", room.letterhead.domain)
        letter = room.write(edition, reader, own_id)
        rendered = room.render(edition, reader)
    parts = {
        ".eml": bytes(letter.message),
        ".html": rendered.html.encode(),
        ".txt": rendered.text.encode(),
    }
    files = _keep(parts, out, _file_name(reader.email))
    if not edition.considered:
        typer.echo("no paper is new to this reader; `digest harvest` asks the sources", err=True)
    if not edition.picks and workspace.config.digest.on_empty == "skip":
        typer.echo('on_empty is "skip": this empty mail would not go', err=True)
    typer.echo(f"Subject: {rendered.subject}")
    for file in files:
        typer.echo(str(file))
    if open_:
        typer.launch(str(files[1]))


def _keep(parts: dict[str, bytes], folder: Path, name: str) -> list[Path]:
    """Write each part under its suffix and return the files."""
    files = [folder / f"{name}{suffix}" for suffix in parts]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in zip(files, parts.values(), strict=True):
            write_whole(file, [content])
    except OSError as error:
        raise unwritable(error) from None
    return files


def _file_name(email: str) -> str:
    """Return a file name that mail addresses cannot break out of."""
    kept = "".join(c if c.isalnum() or c in "@-_+." else "-" for c in email)
    return kept.strip("-.") or "mail"
