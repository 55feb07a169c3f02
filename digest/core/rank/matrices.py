"""Sparse matrices: the few operations on them that scipy does not have, or has slowly."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries of a sparse matrix as parallel arrays, in the order of the rows."""

    rows: Ints
    columns: Ints
    values: Floats

    @classmethod
    def joined(cls, parts: Sequence["Entries"]) -> "Entries":
        """Return all entries of parts, one at least, one part after the other."""
        return cls(
            np.concatenate([part.rows for part in parts]),
            np.concatenate([part.columns for part in parts]),
            np.concatenate([part.values for part in parts]),
        )

    def where(self, chosen: Flags | Ints) -> "Entries":
        """Return the chosen entries."""
        return Entries(self.rows[chosen], self.columns[chosen], self.values[chosen])

    def then(self, others: "Entries") -> "Entries":
        """Return these and others, in each row these first."""
        if not len(others.rows):
            return self
        joined = Entries.joined([self, others])
        return joined.where(np.argsort(joined.rows, kind="stable"))

    def strongest(self) -> "Entries":
        """Return one entry for each place, where its first one is, with the greatest size."""
        keys = self.rows * (int(self.columns.max(initial=0)) + 1) + self.columns
        order = np.argsort(keys, kind="stable")
        is_new = np.diff(keys[order], prepend=-1) > 0
        if is_new.all():
            return self
        firsts = order[is_new][np.cumsum(is_new) - 1]
        values = self.values.copy()
        for first, other in zip(firsts[~is_new].tolist(), order[~is_new].tolist(), strict=True):
            values[first] = max(values[first], values[other], key=abs)
        keep = np.ones(len(keys), np.bool_)
        keep[order[~is_new]] = False
        return Entries(self.rows, self.columns, values).where(keep)

    def summed(self) -> "Entries":
        """Return one entry for each place, in the order of the first ones, with their sum."""
        keys = self.rows * (int(self.columns.max(initial=0)) + 1) + self.columns
        _, firsts, which = np.unique(keys, return_index=True, return_inverse=True)
        sums = np.bincount(which, self.values).astype(np.float32)
        order = np.argsort(firsts)
        kept = firsts[order]
        return Entries(self.rows[kept], self.columns[kept], sums[order])

    def matrix(self, height: int, width: int) -> Any:
        """Return the matrix, each row's entries in their order."""
        ends = np.searchsorted(self.rows, np.arange(height + 1))
        data = (self.values, self.columns.astype(np.int32), ends.astype(np.int32))
        return sparse.csr_array(data, shape=(height, width))


def entries_of(table: Floats, chosen: Flags) -> Entries:
    """Return what stands in the chosen places of a table."""
    places = np.flatnonzero(chosen)
    rows, columns = np.divmod(places, max(chosen.shape[1], 1))
    return Entries(rows, columns, table.ravel()[places])


def flags(columns: "array[int]", counts: Ints, *, width: int) -> Any:
    """Return a sparse matrix of ones from the columns of its rows, one row after another."""
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    ones = np.ones(len(columns), np.float32)
    data = (ones, np.array(columns, np.int32), ends)
    return sparse.csr_array(data, shape=(len(counts), width))


def one_hot(rows: Sequence[Sequence[int]], width: int) -> Any:
    """Return a sparse matrix that is one where a row's list holds the column's number."""
    ends = np.cumsum([0, *map(len, rows)], dtype=np.int32)
    columns = np.fromiter((place for row in rows for place in row), np.int32, int(ends[-1]))
    ones = np.ones(len(columns), np.float32)
    return sparse.csr_array((ones, columns, ends), shape=(len(rows), width))


def stacked(matrices: Iterable[Any]) -> Any:
    """Return sparse matrices one below the other, with indices of half the usual size."""
    slim = [
        sparse.csr_array(
            (each.data, each.indices.astype(np.int32), each.indptr.astype(np.int32)),
            shape=each.shape,
        )
        for each in matrices
    ]
    return sparse.vstack(slim, format="csr")


def scaled_rows(matrix: Any, rows: Ints, scales: Floats) -> Any:
    """Return these rows of a sparse matrix, each times its scale."""
    scaled = matrix[rows]
    scaled.data *= np.repeat(scales, np.diff(scaled.indptr))
    return scaled


def joined_rows(rows: Any, ends: Ints) -> Any:
    """Return stretches of rows as one row each, with as many entries in a place as there were.

    Args:
        rows: sparse.
        ends: where each stretch begins, then where all end.
    """
    data = (rows.data, rows.indices, rows.indptr[ends])
    return sparse.csr_array(data, shape=(len(ends) - 1, rows.shape[1]))


def product_table(left: Any, right: Any) -> Floats:
    """Return the product of two sparse matrices, dense.

    To copy all rows that are asked for, and to add up what stands in one place when they are
    spread out, is twice as quick as a sparse product.
    """
    met = scaled_rows(right, left.indices, left.data)
    table: Floats = joined_rows(met, left.indptr).toarray()
    return table


def row_numbers(matrix: Any) -> Ints:
    """Return the row of every stored entry."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def row_counts(chosen: Flags) -> Ints:
    """Return how many of each row are chosen; bits are counted many at a time."""
    counts: Ints = np.bitwise_count(np.packbits(chosen, axis=1)).sum(axis=1, dtype=np.int64)
    return counts


def row_of(matrix: Any, row: int) -> tuple[Ints, Floats]:
    """Return the columns and the values stored in one row."""
    stored = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return matrix.indices[stored], matrix.data[stored]


class Lookup:
    """Quick reading of a few entries of a sparse matrix, again and again."""

    def __init__(self, matrix: Any) -> None:
        self._matrix = matrix
        self._width = matrix.shape[1]

    def at(self, rows: Ints, columns: Ints) -> Floats:
        """Return the entries where these rows and columns cross, dense."""
        return self._read(rows[:, None].astype(np.int64) * self._width + columns)

    def each(self, rows: Ints, columns: Ints) -> Floats:
        """Return the entry of each row in its column."""
        return self._read(rows.astype(np.int64) * self._width + columns)

    def _read(self, wanted: Ints) -> Floats:
        if not len(self._keys):
            return np.zeros(wanted.shape, np.float32)
        place = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        found = self._keys[place] == wanted
        return np.where(found, self._matrix.data[place], np.float32(0))

    @cached_property
    def _keys(self) -> Ints:
        self._matrix.sort_indices()
        keys: Ints = row_numbers(self._matrix) * self._width + self._matrix.indices
        return keys
