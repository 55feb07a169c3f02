"""How often Python looks for reference cycles while a command runs."""

import gc

_THRESHOLDS = 20_000, 20, 20


def look_seldom() -> None:
    """Look for reference cycles but seldom, in this process from now on.

    Mails and matches are many small objects without any: at Python's own thresholds (700, 10,
    10) the looking took half of the time of reading them.
    """
    gc.set_threshold(*_THRESHOLDS)
