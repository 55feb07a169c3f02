"""Sparse matrices: the few operations on them that scipy does not have, or has slowly."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


def from_rows(rows: Iterable[Iterable[tuple[int, float]]], columns: int | None = None) -> Any:
    """Return a sparse matrix from the (column, value) pairs of each row."""
    places: list[int] = []
    values: list[float] = []
    ends = [0]
    for row in rows:
        for place, value in row:
            places.append(place)
            values.append(value)
        ends.append(len(places))
    width = max(places, default=-1) + 1 if columns is None else columns
    data = (np.array(values, np.float32), np.array(places, np.int32), np.array(ends, np.int32))
    return sparse.csr_array(data, shape=(len(ends) - 1, width))


def one_hot(rows: Sequence[Sequence[int]], columns: int) -> Any:
    """Return a sparse matrix that is one where a row's list holds the column's number."""
    return from_rows((((place, 1.0) for place in row) for row in rows), columns)


def row_numbers(matrix: Any) -> Ints:
    """Return the row of every stored entry."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def row_of(matrix: Any, row: int) -> tuple[Ints, Floats]:
    """Return the columns and the values stored in one row."""
    stored = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return matrix.indices[stored], matrix.data[stored]


class Lookup:
    """Quick reading of a few entries of a sparse matrix, again and again."""

    def __init__(self, matrix: Any) -> None:
        matrix.sort_indices()
        self._width = matrix.shape[1]
        self._keys = row_numbers(matrix) * self._width + matrix.indices
        self._values = matrix.data

    def at(self, rows: Ints, columns: Ints) -> Floats:
        """Return the entries where these rows and columns cross, dense."""
        wanted = rows[:, None].astype(np.int64) * self._width + columns[None, :]
        if not len(self._keys):
            return np.zeros(wanted.shape, np.float32)
        place = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        return np.where(self._keys[place] == wanted, self._values[place], np.float32(0))
