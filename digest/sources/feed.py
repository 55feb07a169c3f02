"""Any journal's or blog's feed as a source: RSS, Atom or JSON Feed."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from digest.core.harvest import Cursor, Harvest, HarvestState, Parsed
from digest.sources.entries import unreadable
from digest.sources.feed_json import parse_json_feed
from digest.sources.feed_xml import parse_xml_feed
from digest.sources.getter import Getter, harvest_of, is_not_modified, troubled
from digest.sources.trouble import FetchTrouble

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, application/json;q=0.9, */*;q=0.5"
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSource:
    """One feed.

    Attributes:
        name: see ``ports.Source``.
        client: the polite client.
        url: the feed's own address.
    """

    name: str
    client: Getter
    url: str

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Harvest:
        """Read the feed unless it is the one we had; see ``ports.Source``."""
        try:
            answer = await self.client.get(
                self.url, etag=cursor.etag, last_modified=cursor.last_modified, accept=_ACCEPT
            )
        except FetchTrouble as trouble:
            return troubled(trouble, cursor=cursor)
        if is_not_modified(answer):
            unchanged = Parsed(state=HarvestState.UNCHANGED)
            return harvest_of(unchanged, before=cursor, after=replace(cursor, since=now))
        read = await asyncio.to_thread(parse, answer.body, source=self.name, url=answer.url)
        after = Cursor(
            since=now, etag=answer.etag, last_modified=answer.last_modified, batch=read.batch
        )
        if read.batch == cursor.batch and read.state.is_good:
            read = Parsed(state=HarvestState.UNCHANGED, batch=read.batch)
        return harvest_of(read, before=cursor, after=after)


def parse(body: bytes, *, source: str = "feed", url: str = "") -> Parsed:
    """Read one feed; ``batch`` is a fingerprint of its bytes, ``url`` the base of its links."""
    is_json = body.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] in {b"{", b"["}
    parse_format = parse_json_feed if is_json else parse_xml_feed
    try:
        read = parse_format(body, source=source, url=url)
    except FetchTrouble as trouble:
        return unreadable(trouble)
    read = replace(read, batch=hashlib.sha256(body).hexdigest()[:16])
    is_empty = read.state is HarvestState.OK and not read.papers and not read.skipped
    return replace(read, state=HarvestState.QUIET) if is_empty else read
