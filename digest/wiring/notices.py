"""Make what answers sign-ups by mail: templates, links, headers, ways out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from digest.config import Config, usual_subscriber
from digest.core import quoted_printable
from digest.core.links import NoticeLinks
from digest.core.message import Message, message_id
from digest.core.privacy import masked
from digest.core.schedule import Schedule
from digest.core.sign_up import Notice, SignUp
from digest.core.subscriber import Origin, Status, Subscriber
from digest.pipeline.letters import LetterRoom
from digest.pipeline.notice_choice import NoticeDesk, Wanted
from digest.pipeline.notices import send_notices
from digest.ports import Envelope, Transport
from digest.themes import template_folder
from digest.wiring.letters import letter_room
from digest.wiring.way_out import open_transports
from digest.wiring.workspace import Workspace

_FOLDER = "web"
_ASKED = frozenset(field.name for field in fields(Schedule))  # what a reader says when signing up
_SUBJECTS: Mapping[Notice, str] = {
    Notice.CONFIRM: "Confirm your subscription to {name}",
    Notice.ALREADY: "You are subscribed to {name} already",
    Notice.OLD_END: "Change your address for {name}?",
    Notice.NEW_END: "Confirm your new address for {name}",
    Notice.TAKEN: "This address stands in {name} already",
    Notice.ALLOW: "Let the mail of {name} through again",
}


def takes_sign_ups(config: Config) -> bool:
    """Tell whether people can sign up: it is allowed, and they can be asked to confirm."""
    return config.web.sign_up and sends_notices(config)


def sends_notices(config: Config) -> bool:
    """Tell whether people can be asked to confirm: mail can leave, and links lead somewhere."""
    return bool(config.sender and config.digest.base_url)


def open_notices(workspace: Workspace) -> Callable[[], Awaitable[int]]:
    """Return what answers the sign-ups that are due; see ``send_notices``.

    Raises:
        ConfigError: the key file, or a key that signs, cannot be used.
    """
    config, store = workspace.config, workspace.store
    room = letter_room(config, workspace.clock)
    desk = NoticeDesk(
        sign_ups=store.sign_ups,
        moves=store.moves,
        subscribers=store.subscribers,
        suppressions=store.suppressions,
        relays=store.relays,
        new_reader=lambda sign_up: pending_reader(sign_up, config),
        new_message_id=lambda sign_up: _message_id(sign_up, room),
        write=_Writer(config, room),
        clock=workspace.clock,
    )

    def ways_out() -> list[Transport]:
        resting = workspace.resting_relays()
        found = open_transports(config, store.relays, workspace.clock)
        return [transport for transport in found if transport.name not in resting]

    return lambda: send_notices(desk, ways_out)


def pending_reader(sign_up: SignUp, config: Config) -> Subscriber:
    """Return who signed up, to be confirmed; what the form does not ask comes from the file."""
    usual = usual_subscriber(config)
    return replace(
        usual,
        email=sign_up.email,
        interests=sign_up.interests,
        schedule=sign_up.schedule,
        status=Status.PENDING,
        origin=Origin.WEB,
        follows=usual.follows - _ASKED,
    )


def _message_id(sign_up: SignUp, room: LetterRoom) -> str:
    asked = f"{sign_up.asked_at:%Y%m%d%H%M%S%f}"
    return message_id(f"sign-up.{sign_up.id}.{asked}", room.letterhead.domain)


class _Writer:
    """Writes notices; nothing that was typed into a form stands in them but addresses."""

    def __init__(self, config: Config, room: LetterRoom) -> None:
        own = config.digest.themes_folder
        places = [*([config.path(own) / _FOLDER] if own else []), template_folder() / _FOLDER]
        self._room = room
        self._list = {
            "name": config.digest.name,
            "byline": config.digest.byline,
            "postal_address": config.digest.postal_address,
            "url": f"{config.digest.base_url}/",
        }
        self._templates = _environment(places)

    def __call__(self, wanted: Wanted, message_id: str) -> tuple[Message, Envelope]:
        """See ``pipeline.notice_choice.WriteNotice``."""
        room, now = self._room, self._room.clock()
        links = self._links(wanted, now)
        head = room.letterhead
        subject = _SUBJECTS[wanted.notice].format(name=head.list_name)
        context = {
            "list": self._list,
            "links": links,
            "subject": subject,
            "notice": wanted.notice.value,
            "other": _shown(wanted),
        }
        text, html = (
            quoted_printable.encode(self._templates.get_template(name).render(context))
            for name in ("notice.txt.j2", "notice.html.j2")
        )
        headers = head.headers(
            recipient_name="",
            recipient_address=wanted.sign_up.email,
            subject=subject,
            date=now,
            message_id=message_id,
            links=links,
            campaign=wanted.notice.value,
        )
        letter = room.finish(headers, text=[text], html=[html])
        return letter.message, letter.envelope

    def _links(self, wanted: Wanted, now: datetime) -> NoticeLinks:
        links = self._room.links
        make = links.of_new_end if wanted.notice is Notice.NEW_END else links.of_notice
        return make(wanted.reader.id, wanted.sign_up.id, now)


def _shown(wanted: Wanted) -> str:
    """Return the address of the other end; only the old one learns it whole."""
    return masked(wanted.other) if wanted.notice is Notice.NEW_END else wanted.other


def _environment(places: list[Path]) -> SandboxedEnvironment:
    return SandboxedEnvironment(
        loader=FileSystemLoader(places),
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
