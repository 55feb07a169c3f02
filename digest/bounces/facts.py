"""Values inside a provider's JSON: the text that is there, or nothing."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from digest.bounces.fields import addresses_in, line, message_ids_in
from digest.core.findings import Finding


def table(value: Any) -> Mapping[str, Any]:
    """Return a JSON object.

    Raises:
        TypeError: it is something else.
    """
    if not isinstance(value, Mapping):
        raise TypeError("not an object")
    return value


def tables(value: Any) -> list[Mapping[str, Any]]:
    """Return a JSON list of objects; one alone is a list of one.

    Raises:
        TypeError: it is something else.
    """
    return [table(item) for item in value] if isinstance(value, list) else [table(value)]


class Reading(NamedTuple):
    """What a call says, and the places in its list, from 1, of what is no object."""

    findings: list[Finding]
    strays: tuple[int, ...] = ()


class Entries(NamedTuple):
    """A list that should hold objects alone: those it holds, and the places of all else."""

    objects: list[Mapping[str, Any]]
    strays: tuple[int, ...]


def entries(value: Any) -> Entries:
    """Return the objects of a JSON list, whatever else is in it; one alone is a list of one.

    Raises:
        TypeError: it is something else, or holds other things alone.
    """
    items = value if isinstance(value, list) else [table(value)]
    objects = [item for item in items if isinstance(item, Mapping)]
    if items and not objects:
        raise TypeError("no object in the list")
    places = enumerate(items, start=1)
    return Entries(objects, tuple(place for place, item in places if not isinstance(item, Mapping)))


def words(of: Mapping[str, Any], *names: str) -> str:
    """Return the first of these values that is text and not empty, as one line."""
    values = (of.get(name) for name in names)
    return next((line(value) for value in values if isinstance(value, str) and value.strip()), "")


def address(of: Mapping[str, Any], *names: str) -> str:
    """Return the first of these values that holds an address."""
    found = addresses_in(" ".join(words(of, name) for name in names))
    return found[0] if found else ""


def message_ids(of: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """Return Message-IDs; providers tend to take their angle brackets off."""
    return message_ids_in(" ".join(f"<{words(of, name).strip('<>')}>" for name in names))


def fingerprint(of: Mapping[str, Any]) -> str:
    """Return what is the same when the same event comes again."""
    return hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()[:32]
