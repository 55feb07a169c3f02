"""Vectors of a sentence model, kept in a file between runs, for a model takes its time."""

import sqlite3
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from digest.pipeline.embed import Embedder
from digest.semantic import open_encoder


def embedder(file: Path) -> Embedder:
    """Return what embeds texts with the installed model, each once for all runs.

    Raises:
        EncoderError: the extra ``semantic`` is missing.
    """
    encoder = open_encoder(None)
    return Embedder(lambda: encoder, KeptVectors(file), progress=_tell)


def _tell(papers: int) -> None:
    print(f"embedded {papers} papers", file=sys.stderr)


class KeptVectors:
    """A ``digest.ports.VectorStore`` in an SQLite file of its own."""

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(file)
        self._database.execute(
            "create table if not exists vector"
            " (key text, model text, made blob, primary key (key, model))"
        )

    def vectors(self, keys: Iterable[str], *, model: str) -> dict[str, bytes]:
        """Return those that are kept."""
        rows = self._database.execute("select key, made from vector where model = ?", (model,))
        wanted = {*keys}
        return {key: made for key, made in rows if key in wanted}

    def keep_vectors(self, made: Mapping[str, bytes], *, model: str) -> None:
        """Keep some more."""
        with self._database:
            self._database.executemany(
                "insert or replace into vector values (?, ?, ?)",
                [(key, model, each) for key, each in made.items()],
            )

    def drop_vectors(self, *, except_of: str) -> None:
        """Drop none: other versions of the model may be compared."""
