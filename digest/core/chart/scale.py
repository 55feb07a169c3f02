"""Round numbers for an axis."""

_STEPS = (1, 2, 5)


def ticks(largest: int, *, most: int = 4) -> list[int]:
    """Return whole numbers from 0 up that are at least ``largest``, in round, equal steps.

    Args:
        largest: the largest value to be shown, 0 or more.
        most: how many steps there may be.

    Returns:
        Two numbers or more; the steps are 1, 2 or 5 times a power of ten.
    """
    power = 1
    while True:
        for step in (power * each for each in _STEPS):
            steps = max(1, -(-largest // step))
            if steps <= most:
                return [number * step for number in range(steps + 1)]
        power *= 10
