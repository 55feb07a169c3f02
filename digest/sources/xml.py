"""Reads hostile XML: no entities, no network, bounded depth, bytes in and never text.

The encoding is the XML declaration's. The HTTP charset is left alone: arXiv sends none, and
guessing one from the headers garbles names.
"""

import re
from collections.abc import Collection
from typing import Any, TypeAlias

from lxml import etree

from digest.core.harvest import HarvestState
from digest.sources.trouble import FetchTrouble
from digest.sources.unreadable import trouble_of_body

Element: TypeAlias = Any  # lxml tells no types

_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "arxiv": "http://arxiv.org/schemas/atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "opensearch": "http://a9.com/-/spec/opensearch/1.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rss": "http://purl.org/rss/1.0/",
}


def read_xml(body: bytes, *, roots: Collection[str]) -> Element:
    """Return the root element, whose local name is one of ``roots``.

    A plain DOCTYPE, as RSS 0.91 has, is tolerated and its file never fetched. White space
    before the declaration is forgiven (XML 1.0, 2.8 is not so kind): WordPress sends it.

    Raises:
        FetchTrouble: the bytes are no XML, end early, declare entities, or are something else.
    """
    if b"<!ENTITY" in body.replace(b"\0", b""):  # UTF-16 and UTF-32 have NULs in between
        raise FetchTrouble(HarvestState.MALFORMED, "the answer declares XML entities: refused")
    document = body.removeprefix(_BYTE_ORDER_MARK).lstrip()
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        fault = f"not well-formed XML: {error.msg}"
        raise trouble_of_body(body, fault, ends_early=_ends_early(document)) from error
    if local_name(root) not in roots:
        fault = f"<{local_name(root)}> came where <{'> or <'.join(roots)}> was due"
        raise trouble_of_body(body, fault, ends_early=False)
    return root


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(etree.QName(element).localname)


def find_all(element: Element, path: str) -> list[Element]:
    """Return the elements at ``path``, whose prefixes are those of the formats read here."""
    return list(element.iterfind(path, _NAMESPACES))


def text_at(element: Element, path: str) -> str:
    """Return all text below the first element at ``path``, markup removed, or ""."""
    found = element.find(path, _NAMESPACES)
    return "" if found is None else "".join(found.itertext()).strip()


def _ends_early(document: bytes) -> bool:
    """Say whether the root element is opened and never closed."""
    root = _ROOT.search(document)
    return document.startswith(b"<") and (
        root is None or not re.search(rb"</" + re.escape(root[1]) + rb"\s*>", document)
    )
