"""How long a relay in trouble is left alone."""

from datetime import timedelta

_FIRST = timedelta(seconds=10)
_LONGEST = timedelta(minutes=5)
_OURS = timedelta(minutes=15)


def rest_after(failures: int) -> timedelta:
    """Return the rest after so many runs in a row that ended in the relay's trouble.

    Doubles from ten seconds; never more than five minutes, so that a relay that is back is
    used again soon.
    """
    return min(_FIRST * (1 << min(max(failures - 1, 0), 10)), _LONGEST)


def rest_for_us() -> timedelta:
    """Return the rest after a trouble that only the operator can end, such as a wrong password.

    Asking again soon would not help, and locks accounts at some providers.
    """
    return _OURS
