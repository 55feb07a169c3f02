"""Mail addresses that are shown to whoever has a link."""


def masked(address: str) -> str:
    """Return an address that its owner knows again and nobody else learns: ``a***@example.org``."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"
