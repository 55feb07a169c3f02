"""Names of authors, as "First Last"; a name in braces is an institution's and stays whole."""

from collections.abc import Iterable, Iterator


def first_last(name: str, *, given: int) -> str:
    """Turn "Last, First" around; a suffix such as "Jr" is left out.

    Args:
        name: with or without commas.
        given: which part between commas is the first name: 1 in "Last, First, Jr" (RIS),
            -1 in "Last, Jr, First" (BibTeX).
    """
    parts = [part.strip() for part in outside_braces(name.split(","), joined_by=",")]
    return f"{parts[given]} {parts[0]}".strip() if len(parts) > 1 else name.strip()


def outside_braces(parts: Iterable[str], *, joined_by: str) -> Iterator[str]:
    """Join again what was split within braces."""
    held: list[str] = []
    depth = 0
    for part in parts:
        held.append(part)
        depth += part.count("{") - part.count("}")
        if depth <= 0:
            yield joined_by.join(held)
            held, depth = [], 0
    if held:
        yield joined_by.join(held)
