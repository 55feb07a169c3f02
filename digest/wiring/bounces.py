"""Join bounce mailboxes and webhooks to the pipeline, as ``[bounces]`` says."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING

from digest.config import Config, ImapSettings
from digest.core.return_path import ReturnPath
from digest.core.tokens import KeyRing, Purpose, read, sign
from digest.errors import ConfigError, MailboxError, TokenError
from digest.ports.bounces import BounceMailbox
from digest.wiring.secret_files import imap_password, key_ring

if TYPE_CHECKING:
    from digest.pipeline.bounces import BounceDesk, Report
    from digest.wiring.workspace import Workspace

_FORMS = ("generic", "ses", "sendgrid")
_NEVER = datetime.min.replace(tzinfo=UTC)  # webhook tokens do not expire


def return_path(config: Config, keys: KeyRing) -> ReturnPath | None:
    """Return what signs envelope senders, None when no bounce address is configured.

    It is called with a delivery's Message-ID and returns the mail's envelope sender.
    """
    settings = config.bounces
    if settings is None or settings.address is None:
        return None
    sender = (config.sender or ("", settings.address))[1]
    return ReturnPath(
        address=settings.address,
        separator=settings.separator,
        domain=sender.rpartition("@")[2],
        keys=keys,
    )


def unsubscribe_address(config: Config, sender_address: str) -> str:
    """Return where ``mailto:`` unsubscribes go: to the mailbox that is read, if there is one."""
    settings = config.bounces
    if settings and settings.address and settings.has_mailbox:
        return settings.address
    return sender_address


def has_mailbox(config: Config) -> bool:
    """Tell whether there is a bounce mailbox to read."""
    return config.bounces is not None and config.bounces.has_mailbox


def bounce_desk(workspace: "Workspace") -> "BounceDesk":
    """Return what reports are taken in with."""
    from digest.pipeline.bounces import BounceDesk

    keys = key_ring(workspace.config)
    return BounceDesk(
        store=workspace.store.bounces,
        keys=keys,
        return_path=return_path(workspace.config, keys),
        clock=workspace.clock,
    )


def read_mailboxes(
    workspace: "Workspace", told: "Callable[[str, Report], None]" = lambda _id, _report: None
) -> "Report":
    """Read every configured bounce mailbox once; blocks.

    Raises:
        ConfigError: a password is missing, or the extra ``imap`` is not installed.
        MailboxError: a mailbox cannot be read.
        StoreError: the database cannot be used.
    """
    from digest.bounces.reading import understand
    from digest.pipeline.bounces import Report, read_mailbox

    desk, total, trouble = bounce_desk(workspace), Report(), None
    for mailbox in _mailboxes(workspace.config):
        try:
            total.merge(read_mailbox(mailbox, understand, desk, told=told))
        except MailboxError as error:
            trouble = error  # the other one can be read all the same
        finally:
            mailbox.close()
    if trouble is not None:
        raise trouble
    return total


def check_mailboxes(config: Config, *, offline: bool) -> str:
    """Look into the bounce mailboxes, and name them; only at their settings when offline.

    Raises:
        ConfigError: a password is missing, or the extra ``imap`` is not installed.
        MailboxError: a mailbox cannot be read.
    """
    names = []
    for mailbox in _mailboxes(config):
        try:
            if not offline:
                next(mailbox.mails(), None)
        finally:
            mailbox.close()
        names.append(mailbox.name)
    return "; ".join(names)


def take_in(content: bytes, workspace: "Workspace") -> "Report":
    """Take in one message that was handed over (a file, a pipe)."""
    from digest.bounces.reading import understand
    from digest.pipeline.bounces import handle

    return handle(understand(content), bounce_desk(workspace), source="file")


def webhook_token(form: str, keys: KeyRing) -> str:
    """Return the secret part of a webhook's address; it changes with the first key."""
    return sign(Purpose.BOUNCES, 0, keys=keys, now=_NEVER, payload=form)


def webhook_form(form: str, token: str, keys: KeyRing) -> bool:
    """Tell whether a token opens the webhook of this form."""
    try:
        return read(token, Purpose.BOUNCES, keys=keys, now=_NEVER).payload == form
    except TokenError:
        return False


def webhook_urls(config: Config) -> dict[str, str]:
    """Return the addresses to give to providers, by form; without ``base_url`` their paths."""
    keys, base = key_ring(config), config.digest.base_url or ""
    return {form: f"{base}/bounces/{form}/{webhook_token(form, keys)}" for form in _FORMS}


def _mailboxes(config: Config) -> Iterator[BounceMailbox]:
    settings = config.bounces
    if settings and settings.maildir:
        from digest.bounces.maildir import MaildirBounces

        yield MaildirBounces(config.path(settings.maildir.path))
    if settings and settings.imap:
        yield _imap(config, settings.imap)


def _imap(config: Config, imap: ImapSettings) -> BounceMailbox:
    if find_spec("imap_tools") is None:
        where = config.where("bounces.imap")
        raise ConfigError([f"{where}: needs imap-tools; run `pip install 'papercourier[imap]'`"])
    from digest.bounces.imap import ImapAccount, ImapBounces

    password = imap_password(config)
    return ImapBounces(
        ImapAccount(
            host=imap.host,
            port=imap.port_or_usual,
            security=imap.security,
            username=imap.username,
            password=lambda: password,
            folder=imap.folder,
            ca_file=config.path(imap.ca_file) if imap.ca_file else None,
        )
    )
