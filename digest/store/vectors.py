"""Vectors of papers' texts, kept so that no text is given to the model twice."""

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, select

from digest.store.database import Database, chunks, insert_into
from digest.store.tables import paper_vectors


class SqlVectorStore:
    """The ``VectorStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def vectors(self, keys: Iterable[str], *, model: str) -> dict[str, bytes]:
        """See ``VectorStore``."""
        found: dict[str, bytes] = {}
        query = select(paper_vectors.c.key, paper_vectors.c.vector)
        query = query.where(paper_vectors.c.model == model)
        with self._database.reading() as connection:
            for chunk in chunks(dict.fromkeys(keys)):
                rows = connection.execute(query.where(paper_vectors.c.key.in_(chunk)))
                found |= {key: vector for key, vector in rows}  # noqa: C416 - rows are no pairs to mypy
        return found

    def keep_vectors(self, made: Mapping[str, bytes], *, model: str) -> None:
        """See ``VectorStore``."""
        rows = [{"key": key, "model": model, "vector": vector} for key, vector in made.items()]
        if not rows:
            return
        with self._database.writing() as connection:
            query = insert_into(connection, paper_vectors)
            replaced = {name: query.excluded[name] for name in ("model", "vector")}
            connection.execute(
                query.on_conflict_do_update(index_elements=["key"], set_=replaced), rows
            )

    def drop_vectors(self, *, except_of: str) -> None:
        """See ``VectorStore``."""
        with self._database.writing() as connection:
            connection.execute(delete(paper_vectors).where(paper_vectors.c.model != except_of))
