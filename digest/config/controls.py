"""Refuse control characters in a configuration: nobody sees them, and no database keeps them all.

PostgreSQL takes no NUL (https://www.postgresql.org/docs/current/datatype-character.html), and
UTF-8 has no lone surrogate, which JSON can write. White space of several lines may stay.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from digest.config.problems import Origin, place

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def control_characters(raw: Mapping[str, Any], origin: Origin) -> list[str]:
    """Return one line for each text with a control character.

    Args:
        raw: a configuration, or one reader's record, before validation.
        origin: where that came from.
    """
    return [
        f"{place(location, raw, origin)}: holds the unprintable character U+{ord(found[0]):04X}; "
        "allowed: text without any"
        for location, text in _texts(raw, ())
        if (found := _CONTROL.search(text))
    ]


def _texts(
    value: Any, location: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield every text inside a value with its place."""
    if isinstance(value, str):
        yield location, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, (*location, key))
    elif isinstance(value, Sequence):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*location, number))
