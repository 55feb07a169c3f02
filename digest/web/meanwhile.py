"""Settings that changed while a form was open, as in another tab: nothing of them is lost.

A form carries a stamp of what it was filled with. So it can be told which fields its reader
changed, and which ones changed behind it.
"""

import hashlib
from collections.abc import Mapping

from digest.web.preference_form import CADENCES, Filled

STAMP = "filled_with"
"""The form's hidden field."""
CHANGED = (
    "these settings were changed elsewhere while this page was open. Below is what is stored now, "
    "with what you changed here. Look it over, and save again."
)
"""Why nothing is saved."""


def stamp_of(fields: Mapping[str, str]) -> str:
    """Return a short hash of each field, in order, joined by dots."""
    return ".".join(_hash(value) for value in fields.values())


def has_changed(form: Mapping[str, str], stored: Mapping[str, str]) -> bool:
    """Tell whether what is stored is no more what a form was filled with.

    A form without a stamp, as of a script, was filled with nothing in particular.
    """
    return bool(form.get(STAMP)) and form[STAMP] != stamp_of(stored)


def with_what_is_stored(form: Mapping[str, str], stored: Mapping[str, str]) -> Filled:
    """Return a form with what its reader changed in it, and for the rest what is stored.

    A field that changed on both sides keeps what was typed, with a sentence on what is stored.
    """
    hashes = form[STAMP].split(".")
    before = dict(zip(stored, hashes, strict=True)) if len(hashes) == len(stored) else {}
    fields, notes = dict(stored), {}
    for name, value in stored.items():
        typed = form.get(name, value)
        if _hash(typed) in {_hash(value), before.get(name)}:
            continue
        fields[name] = typed.replace("\r\n", "\n")
        if _hash(value) != before.get(name):
            shown = ", ".join(_lines(CADENCES.get(value, value))) or "nothing"
            notes[name] = f"Stored now: {shown}. To save puts what stands here in its place."
    return Filled(fields, notes)


def _hash(value: str) -> str:
    """Return eight digits that are the same however a browser ends lines."""
    return hashlib.sha256("\n".join(_lines(value)).encode()).hexdigest()[:8]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
