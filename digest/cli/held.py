"""``digest held``: mails whose fate is unknown, for a person to decide."""

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import AsJson, Common, with_common
from digest.cli.output import count, print_json, print_table
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.delivery import Delivery
    from digest.wiring import Workspace


@with_common
def held(
    emails: Annotated[
        list[str] | None, typer.Argument(metavar="EMAIL", help="Only these readers' mails.")
    ] = None,
    send_again: Annotated[
        bool, typer.Option("--send-again", help="Queue them again: they did not arrive.")
    ] = False,
    let_go: Annotated[
        bool, typer.Option("--let-go", help="Take them for sent: they did arrive.")
    ] = False,
    as_json: AsJson = False,
    *,
    common: Common,
) -> None:
    """List mails held in doubt, or settle them.

    With on_doubt = "hold", a mail whose reply to the final dot was lost is neither sent
    again nor taken for sent. The relay's log tells by the Message-ID whether it came in.
    """
    if send_again and let_go:
        raise UsageError("--send-again and --let-go together; allowed: one of them")
    with common.open_workspace() as workspace:
        ledger, now = workspace.store.ledger, workspace.clock()
        mails = _of(ledger.in_state("in_doubt"), emails)
        _refuse_unknown(emails, mails, workspace)
        ids = [mail.id for mail in mails]
        if send_again:
            expires_at = now + workspace.config.delivery.give_up_after
            ledger.send_again(ids, expires_at=expires_at, now=now)
        elif let_go:
            ledger.let_go(ids, now=now)
    _show(mails, as_json=as_json)
    if not (as_json or common.quiet) and (send_again or let_go):
        done = "queued again" if send_again else "taken for sent"
        typer.echo(f"{count(len(mails), 'mail')} {done}")


def _of(mails: "list[Delivery]", emails: list[str] | None) -> "list[Delivery]":
    """Return those to these addresses, or all."""
    wanted = {email.casefold() for email in emails or ()}
    return [mail for mail in mails if not wanted or mail.recipient.casefold() in wanted]


def _refuse_unknown(
    emails: list[str] | None, mails: "list[Delivery]", workspace: "Workspace"
) -> None:
    """Say so where an address is nobody's, neither now nor when a mail went out.

    Raises:
        UnknownSubscriberError: it is so.
    """
    held_for = {mail.recipient.casefold() for mail in mails}
    for email in emails or ():
        if email.casefold() not in held_for:
            workspace.find(email)


def _show(mails: "list[Delivery]", *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {"recipient": mail.recipient, "message_id": mail.message_id, "reply": mail.reply}
                for mail in mails
            ]
        )
    elif mails:
        rows = [(mail.recipient, mail.message_id, mail.reply) for mail in mails]
        print_table("In doubt, held", ("recipient", "message id", "why"), rows)
    else:
        typer.echo("No mail is held.")
