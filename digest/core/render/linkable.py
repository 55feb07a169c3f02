"""Which of the URLs that upstream gives a mail may link to.

A reader clicks these from a mailbox, so more is asked than that a URL is well formed:
nothing that hides another address, nothing that leads into the reader's own network, and
no title that shows one address while it leads to another.
"""

import ipaddress
import re
from urllib.parse import urlsplit

from digest.core.text import safe_url

_LONGEST = 1_000
_HIDES_ANOTHER = re.compile(r"https?(?::|%3a)(?:/|%2f){2}", re.IGNORECASE)
_TRACKING = re.compile(r"(?:^|&)(?:utm_\w+|mc_[ce]id|_hsenc|fbclid|gclid|mkt_tok)=[^&]*")
_READS_AS_ADDRESS = re.compile(r"(?:https?:/|www\.)", re.IGNORECASE)
# RFC 2606 and RFC 6761, and the names that home routers and offices use.
_RESERVED = {
    "localhost", "local", "internal", "test", "invalid", "example", "localdomain", "lan",
}  # fmt: skip


def linkable(url: str) -> str:
    """Return the URL to link to, without tracking parameters, or "" when it must not be."""
    safe = _without_tracking(safe_url(url))
    if not safe or len(safe) > _LONGEST or _HIDES_ANOTHER.search(safe, len("https://")):
        return ""
    return safe if _is_public(urlsplit(safe).hostname or "") else ""


def reads_as_address(text: str) -> bool:
    """Tell whether a text looks like a web address, which a link must not pretend."""
    return bool(_READS_AS_ADDRESS.match(text))


def _without_tracking(url: str) -> str:
    address, question, query = url.partition("?")
    kept = _TRACKING.sub("", query).removeprefix("&")
    return f"{address}{question}{kept}" if kept else address


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        name = host.rstrip(".")
        return "." in name and name.rpartition(".")[2] not in _RESERVED
