"""Mail addresses that a page is not to show: taken out, or masked for whoever has a link."""

import re

_OPEN, _AT = r"[^\s<>()\[\]\"',;:]*", r"(?:@|＠|﹫|=40|%40|&#64;)"  # noqa: RUF001 - ways to write one
_ANY = re.compile(f"{_OPEN}{_AT}{_OPEN}", re.IGNORECASE)
_CERTAIN = re.compile(rf"{_OPEN[:-1]}+{_AT}{_OPEN[:-1]}+\.[^\W\d_]{{2,}}", re.IGNORECASE)
HIDDEN = "(address)"


def without_addresses(text: str) -> str:
    """Return what a mail system said with no address in it, nor anything that may be one."""
    return _ANY.sub(HIDDEN, text)


def without_certain_addresses(text: str) -> str:
    """Return a title or an interest without addresses; "pass@k" is none and stays."""
    return _CERTAIN.sub(HIDDEN, text)


def masked(address: str) -> str:
    """Return an address that its owner knows again and nobody else learns: ``a***@example.org``."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"
