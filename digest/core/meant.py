"""Which name somebody meant who wrote one that is not known."""

import difflib
from collections.abc import Iterable

_ALIKE = 0.6  # difflib's own: the share of letters that two names have in common, in order


def meant(name: str, known: Iterable[str], *, alike: float = _ALIKE) -> str:
    """Return the known name that is most like ``name``, or "" when none is like it.

    Args:
        name: what was written.
        known: what could have been meant.
        alike: from which likeness on, in [0, 1]; Ratcliff and Obershelp's measure.
    """
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=alike)
    return close[0] if close else ""
