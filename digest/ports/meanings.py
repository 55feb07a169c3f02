"""Texts as vectors: who makes them, and where those of papers are kept."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # who only keeps vectors need not wait for numpy
    import numpy as np
    from numpy.typing import NDArray


class Encoder(Protocol):
    """A sentence model."""

    @property
    def name(self) -> str:
        """What tells its vectors from those of other models."""
        ...

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return one vector a text, texts x size, each of length one.

        Raises:
            EncoderError: the model does not do its work.
        """
        ...


class VectorStore(Protocol):
    """Vectors that were made before, by the text that they stand for."""

    def vectors(self, keys: Iterable[str], *, model: str) -> dict[str, bytes]:
        """Return those of these vectors that this model made, by key."""
        ...

    def keep_vectors(self, made: Mapping[str, bytes], *, model: str) -> None:
        """Keep vectors by key; one that is there already is replaced."""
        ...

    def drop_vectors(self, *, except_of: str) -> None:
        """Let go of the vectors of all models but one."""
        ...
