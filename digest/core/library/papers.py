"""Papers from entries: their texts made plain, and an id that stays the same."""

import hashlib
import re

from digest.core.library.entry import Entry
from digest.core.paper import Paper, PaperId, work_keys
from digest.core.text import clip, tidy

_MOST_AUTHORS = 50
_NAME = 200
_TITLE = 1_000
_ABSTRACT = 10_000
_BRACES = str.maketrans("", "", "{}")
_MARKUP = re.compile(r"</?(?:i|b|em|strong|sub|sup|span|jats:\w+)\b[^<>]*>", re.IGNORECASE)


def paper_of(entry: Entry) -> Paper:
    """Return the paper that an entry means.

    One without arXiv id and DOI goes by an id made of its title and first author.
    """
    title = _plain(entry.title, _TITLE)
    authors = tuple(filter(None, (_plain(name, _NAME) for name in entry.authors[:_MOST_AUTHORS])))
    return Paper(
        id=entry.id or _id_of(title, authors),
        title=title,
        abstract=_plain(entry.abstract, _ABSTRACT),
        authors=authors,
        doi=entry.doi,
    )


def _plain(raw: str, most: int) -> str:
    """Return text without mark-up; in a bibliography a brace is TeX's, not the author's."""
    text = _MARKUP.sub("", raw[: 2 * most])
    return clip(" ".join(tidy(text).translate(_BRACES).split()), most)


def _id_of(title: str, authors: tuple[str, ...]) -> PaperId:
    nameless = Paper(id=PaperId(""), title=title, authors=authors)
    work = next((key for key in work_keys(nameless) if key), title.casefold())
    key = hashlib.blake2b(work.encode("utf-8", "replace"), digest_size=12).hexdigest()
    return PaperId(f"library:{key}")
