"""A linear support vector machine: what LIBLINEAR's L2-regularized squared hinge finds.

Newton steps on the primal with conjugate gradients: Keerthi and DeCoste, "A modified finite
Newton method for fast solution of large scale linear SVMs", JMLR 6, 2005.
"""

from typing import Any

import numpy as np

from .measures import Floats

_STEPS, _GRADIENTS = 30, 60
_TOLERANCE = 1e-4


def decision(rows: Any, picked: Floats, *, cost: float) -> Floats:
    """Train on all rows, and return how far each lies on the side of the picked ones.

    The classes are balanced, and the intercept is a feature of its own, as LIBLINEAR has it.

    Args:
        rows: texts x features, sparse.
        picked: per row, 1 or -1.
        cost: C, of a row on the wrong side.
    """
    ones = picked > 0
    share = np.where(ones, ones.sum(), (~ones).sum()) * 2 / len(picked)
    costs = 2 * cost / share
    across = rows.T.tocsr()
    weights = np.zeros(rows.shape[1] + 1)

    def forward(vector: Floats) -> Floats:
        product: Floats = rows @ vector[:-1] + vector[-1]
        return product

    def back(values: Floats) -> Floats:
        return np.append(across @ values, values.sum())

    def loss(vector: Floats, made: Floats) -> float:
        return float(vector @ vector / 2 + (costs / 2) @ np.maximum(1 - picked * made, 0) ** 2)

    made = forward(weights)
    for _ in range(_STEPS):
        wrong = costs * (picked * made < 1)
        gradient = weights + back(wrong * (made - picked))
        if np.linalg.norm(gradient) < _TOLERANCE * np.linalg.norm(costs):
            break
        step = _solved(lambda v, wrong=wrong: v + back(wrong * forward(v)), -gradient)
        length, before = 1.0, loss(weights, made)
        moved = forward(step)
        while loss(weights + length * step, made + length * moved) > before and length > _TOLERANCE:
            length /= 2
        weights, made = weights + length * step, made + length * moved
    return made


def _solved(product: Any, wanted: Floats) -> Floats:
    """Return x with product(x) = wanted, by conjugate gradients (Hestenes and Stiefel, 1952)."""
    found = np.zeros_like(wanted)
    rest, direction = wanted.copy(), wanted.copy()
    size = rest @ rest
    enough = size * 1e-6
    for _ in range(_GRADIENTS):
        if size <= enough:
            break
        image = product(direction)
        length = size / (direction @ image)
        found += length * direction
        rest -= length * image
        size, before = rest @ rest, size
        direction = rest + size / before * direction
    return found
