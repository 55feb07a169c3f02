"""Check that signing keys speak for the sender's domain, and each under its own selector."""

from collections.abc import Iterator

from digest.config.models import Config
from digest.config.problems import Origin
from digest.core.text import ascii_host


def misplaced_keys(config: Config, origin: Origin) -> Iterator[str]:
    """Yield a line for each key of ``[smtp.dkim]`` that would sign for nothing.

    DMARC counts a signature only when its domain is aligned with the one in From (RFC 7489,
    3.1); of what may be aligned, the sender's own domain and those above it are allowed.
    """
    if config.smtp is None:
        return
    sender = ascii_host(config.smtp.sender[1].rpartition("@")[2])
    seen: set[tuple[str, str]] = set()
    for number, key in enumerate(config.smtp.dkim, start=1):
        if not _is_aligned(key.domain, sender):
            yield (
                f"{_where(number, 'domain', config, origin)}: {key.domain} does not speak for "
                f"the sender's domain; allowed: {sender} or a domain above it"
            )
        if (key.domain, key.selector.lower()) in seen:
            yield (
                f"{_where(number, 'selector', config, origin)}: {key.selector} is another key's "
                "already; allowed: a selector of its own for each key"
            )
        seen.add((key.domain, key.selector.lower()))


def key_name(number: int, key: str, config: Config) -> str:
    """Return a key as the file writes it: with a number, from 1, where there are several."""
    several = config.smtp is not None and len(config.smtp.dkim) > 1
    return f"smtp.dkim[{number}].{key}" if several else f"smtp.dkim.{key}"


def _is_aligned(domain: str, sender: str) -> bool:
    """Tell whether ``domain`` is the sender's or above it, and no top-level domain."""
    return domain == sender or ("." in domain and sender.endswith(f".{domain}"))


def _where(number: int, key: str, config: Config, origin: Origin) -> str:
    if variable := origin.variables.get(("smtp", "dkim", key)):
        return f"environment: {variable}"
    return f"{origin.file}: {key_name(number, key, config)}"
