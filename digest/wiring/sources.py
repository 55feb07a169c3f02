"""Make the sources that a configuration lists, sharing one polite client for each policy.

Each kind of source is imported when one is listed: half of them bring parsers of their own.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from digest import __version__
from digest.config import (
    ArxivRssSettings,
    ArxivSettings,
    Config,
    FeedSettings,
    FileSettings,
    HuggingFaceSettings,
    SourceSettings,
)
from digest.errors import UsageError
from digest.ports import Source
from digest.wiring.clock import Clock

if TYPE_CHECKING:
    from digest.sources.client import PoliteClient

WebSourceSettings = ArxivSettings | ArxivRssSettings | FeedSettings | HuggingFaceSettings

_HOME = "https://pypi.org/project/papercourier/"


@asynccontextmanager
async def open_sources(
    config: Config, clock: Clock, names: Sequence[str] = ()
) -> AsyncIterator[list[Source]]:
    """Yield the configured sources, or those named; their connections end with the block.

    Raises:
        UsageError: a name is not configured.
    """
    chosen = _chosen(config, names)
    async with AsyncExitStack() as stack:
        clients: dict[bool, PoliteClient] = {}

        def client(*, allow_private: bool) -> "PoliteClient":
            if allow_private not in clients:
                clients[allow_private] = _client(config, clock, allow_private=allow_private)
                stack.push_async_callback(clients[allow_private].close)
            return clients[allow_private]

        yield [
            _file_source(config, source)
            if isinstance(source, FileSettings)
            else _web_source(source, client(allow_private=source.allow_private))
            for source in chosen
        ]


def _chosen(config: Config, names: Sequence[str]) -> list[SourceSettings]:
    known = {source.name: source for source in config.sources}
    for name in names:
        if name not in known:
            raise UsageError(f"no source is called {name!r}; allowed: {', '.join(known) or 'none'}")
    return [known[name] for name in names] if names else list(config.sources)


def _client(config: Config, clock: Clock, *, allow_private: bool) -> "PoliteClient":
    from digest.sources.client import ClientSettings, PoliteClient
    from digest.sources.pacing import Pacer, default_pacing_directory

    contact = config.digest.contact or (config.sender[1] if config.sender else "")
    about = "; ".join(filter(None, (f"+{_HOME}", f"mailto:{contact}" if contact else "")))
    return PoliteClient(
        ClientSettings(
            user_agent=f"digest/{__version__} ({about})",
            allow_private=allow_private,
        ),
        pacer=Pacer(default_pacing_directory()),
        now=clock,
        sleep=asyncio.sleep,
    )


def _file_source(config: Config, source: FileSettings) -> Source:
    from digest.sources.file import FileSource

    return FileSource(name=source.name, path=config.path(source.path))


def _web_source(source: WebSourceSettings, client: "PoliteClient") -> Source:
    match source:
        case ArxivSettings(name=name, categories=categories, url=url):
            from digest.sources.arxiv import ArxivSource

            return ArxivSource(name=name, categories=categories, client=client, url=url or "")
        case ArxivRssSettings(name=name, categories=categories, url=url):
            from digest.sources.arxiv_rss import ArxivRssSource

            return ArxivRssSource(name=name, categories=categories, client=client, url=url or "")
        case HuggingFaceSettings(name=name, url=url):
            from digest.sources.huggingface import HuggingFaceSource

            return HuggingFaceSource(name=name, client=client, url=url or "")
        case FeedSettings(name=name, url=url):
            from digest.sources.feed import FeedSource

            return FeedSource(name=name, client=client, url=url)
