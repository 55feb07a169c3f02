"""Make the room in which a configuration's letters are written."""

from functools import cache

from digest.config import Config
from digest.core.links import LinkMaker
from digest.core.render import MailList, Renderer
from digest.pipeline.letters import Letterhead, LetterRoom
from digest.themes import load_theme
from digest.wiring.bounces import return_path, unsubscribe_address
from digest.wiring.clock import Clock
from digest.wiring.secret_files import key_ring
from digest.wiring.signing import signer_of
from digest.wiring.themes import theme_folders

_NO_SENDER = ("", "digest@example.invalid")


def letter_room(config: Config, clock: Clock) -> LetterRoom:
    """Return the room; themes are loaded when the first letter needs them.

    Without a way out (a preview before anything is configured) the sender is a placeholder.

    Raises:
        ConfigError: the key file, or a key that signs, cannot be used.
    """
    sender_name, sender_address = config.sender or _NO_SENDER
    keys = key_ring(config)
    mail_list = MailList(
        name=config.digest.name,
        byline=config.digest.byline,
        sender_address=sender_address,
        postal_address=config.digest.postal_address,
    )
    folders = theme_folders(config)

    @cache
    def renderer(theme: str) -> Renderer:
        return Renderer(load_theme(theme, folders=folders), mail_list)

    return LetterRoom(
        letterhead=Letterhead(
            list_name=config.digest.name,
            sender_name=sender_name,
            sender_address=sender_address,
        ),
        renderer=renderer,
        links=LinkMaker(
            base_url=config.digest.base_url or "",
            sender_address=unsubscribe_address(config, sender_address),
            keys=keys,
        ),
        clock=clock,
        sign=signer_of(config, clock),
        return_path=return_path(config, keys),
    )
