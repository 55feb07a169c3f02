"""Sparse matrices: the few operations on them that scipy does not have, or has slowly."""

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


def from_arrays(
    columns: "array[int]", values: "array[float]", ends: "array[int]", *, width: int
) -> Any:
    """Return a sparse matrix from the columns and values of its rows, one row after another."""
    data = (
        np.array(values, np.float32),
        np.array(columns, np.int32),
        np.array(ends, np.int32),
    )
    return sparse.csr_array(data, shape=(len(ends) - 1, width))


def one_hot(rows: Sequence[Sequence[int]], width: int) -> Any:
    """Return a sparse matrix that is one where a row's list holds the column's number."""
    ends = np.cumsum([0, *map(len, rows)], dtype=np.int32)
    columns = np.fromiter((place for row in rows for place in row), np.int32, int(ends[-1]))
    ones = np.ones(len(columns), np.float32)
    return sparse.csr_array((ones, columns, ends), shape=(len(rows), width))


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
        return self.pairs(rows[:, None], columns[None, :])

    def pairs(self, rows: Ints, columns: Ints) -> Floats:
        """Return the entries at these rows and columns, one for each pair."""
        wanted = rows.astype(np.int64) * self._width + columns
        if not len(self._keys):
            return np.zeros(wanted.shape, np.float32)
        place = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        return np.where(self._keys[place] == wanted, self._values[place], np.float32(0))
