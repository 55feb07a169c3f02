"""Make the sources that a configuration lists, sharing one polite client for each policy."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

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
from digest.sources.arxiv import ArxivSource
from digest.sources.arxiv_rss import ArxivRssSource
from digest.sources.client import ClientSettings, PoliteClient
from digest.sources.feed import FeedSource
from digest.sources.file import FileSource
from digest.sources.huggingface import HuggingFaceSource
from digest.sources.pacing import Pacer, default_pacing_directory
from digest.wiring.clock import Clock

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

        def client_for(source: SourceSettings) -> PoliteClient:
            private = not isinstance(source, FileSettings) and source.allow_private
            if private not in clients:
                clients[private] = _client(config, clock, allow_private=private)
                stack.push_async_callback(clients[private].close)
            return clients[private]

        yield [_source(config, source, client_for(source)) for source in chosen]


def _chosen(config: Config, names: Sequence[str]) -> list[SourceSettings]:
    known = {source.name: source for source in config.sources}
    for name in names:
        if name not in known:
            raise UsageError(f"no source is called {name!r}; allowed: {', '.join(known) or 'none'}")
    return [known[name] for name in names] if names else list(config.sources)


def _client(config: Config, clock: Clock, *, allow_private: bool) -> PoliteClient:
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


def _source(config: Config, source: SourceSettings, client: PoliteClient) -> Source:
    match source:
        case ArxivSettings(name=name, categories=categories, url=url):
            return ArxivSource(name=name, categories=categories, client=client, url=url or "")
        case ArxivRssSettings(name=name, categories=categories, url=url):
            return ArxivRssSource(name=name, categories=categories, client=client, url=url or "")
        case HuggingFaceSettings(name=name, url=url):
            return HuggingFaceSource(name=name, client=client, url=url or "")
        case FeedSettings(name=name, url=url):
            return FeedSource(name=name, client=client, url=url)
        case FileSettings(name=name, path=path):
            return FileSource(name=name, path=config.path(path))
