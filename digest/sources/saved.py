"""Answers that somebody saved, parsed by the type of source that they came from."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from digest.core.harvest import Parsed
from digest.errors import UsageError
from digest.sources import arxiv_feed, arxiv_query, feed, file, huggingface

_PARSERS: Mapping[str, Callable[[bytes, str], Parsed]] = MappingProxyType(
    {
        "arxiv": lambda body, name: arxiv_query.parse(body, source=name),
        "arxiv-rss": lambda body, name: arxiv_feed.parse(body, source=name),
        "huggingface": lambda body, name: huggingface.parse(body, source=name),
        "feed": lambda body, name: feed.parse(body, source=name),
        "file": lambda body, name: file.parse(body, source=name),
    }
)


def parse_saved(kind: str, body: bytes, *, name: str = "") -> Parsed:
    """Parse an answer that somebody saved.

    Args:
        kind: the type of source that it came from.
        body: the bytes as they came.
        name: the source's name; by default its type.

    Raises:
        UsageError: there is no such type.
    """
    parse = _PARSERS.get(kind)
    if parse is None:
        raise UsageError(f"type {kind!r} is not known; allowed are {', '.join(_PARSERS)}")
    return parse(body, name or kind)
