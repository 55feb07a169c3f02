"""Feedback: every verdict of a reader on a paper, and which of them stand."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, bindparam, func, insert, select

from digest.core.feedback import Feedback
from digest.errors import UnknownPaperError
from digest.store.database import Database, chunks, one_at_a_time
from digest.store.tables import feedback as verdicts
from digest.store.tables import paper_keys, papers, subscribers

_oldest = papers.alias("oldest")
_VERDICTS = (
    select(
        verdicts.c.subscriber_id,
        _oldest.c.id,
        verdicts.c.verdict,
        verdicts.c.author,
        verdicts.c.at,
    )
    .join_from(verdicts, papers, papers.c.serial == verdicts.c.serial)
    .join(_oldest, _oldest.c.serial == func.coalesce(papers.c.merged_into, papers.c.serial))
    .where(verdicts.c.subscriber_id.in_(bindparam("readers", expanding=True)))
    .order_by(verdicts.c.id)
)


class SqlFeedbackStore:
    """The ``FeedbackStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, subscriber_id: int, feedback: Feedback) -> bool:
        """See ``FeedbackStore``."""
        with self._database.writing() as connection:
            one_at_a_time(connection, f"feedback {subscriber_id}")
            serial = connection.scalar(
                select(paper_keys.c.serial).where(paper_keys.c.key == str(feedback.paper))
            )
            if serial is None:
                raise UnknownPaperError(feedback.paper)
            reader = select(subscribers.c.id).where(subscribers.c.id == subscriber_id)
            if connection.scalar(reader) is None or _stands(
                connection, subscriber_id, serial, feedback
            ):
                return False
            row = {
                "subscriber_id": subscriber_id,
                "serial": serial,
                "verdict": feedback.verdict,
                "author": feedback.author,
                "at": feedback.at,
            }
            connection.execute(insert(verdicts).values(row))
        return True

    def standing(self, subscriber_ids: Iterable[int]) -> dict[int, list[Feedback]]:
        """See ``FeedbackStore``."""
        given: dict[int, dict[str, Feedback]] = {reader: {} for reader in subscriber_ids}
        with self._database.reading() as connection:
            for chunk in chunks(given):
                for reader, told in _read(connection, chunk):
                    given[reader].pop(told.paper, None)
                    given[reader][told.paper] = told
        return {reader: [*last.values()] for reader, last in given.items()}

    def history(self, subscriber_id: int) -> list[Feedback]:
        """See ``FeedbackStore``."""
        with self._database.reading() as connection:
            found = [*_read(connection, [subscriber_id])]
        return [told for _, told in reversed(found)]


def _stands(connection: Connection, reader: int, serial: int, feedback: Feedback) -> bool:
    """Tell whether this is the last verdict on a work already, by whatever id it was given."""
    query = (
        select(verdicts.c.verdict, verdicts.c.author)
        .join_from(verdicts, papers, papers.c.serial == verdicts.c.serial)
        .where(
            verdicts.c.subscriber_id == reader,
            func.coalesce(papers.c.merged_into, papers.c.serial) == serial,
        )
        .order_by(verdicts.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).first() == (feedback.verdict, feedback.author)


def _read(connection: Connection, readers: Sequence[int]) -> Iterator[tuple[int, Feedback]]:
    """Yield readers and their verdicts, oldest first."""
    for reader, paper, verdict, author, at in connection.execute(_VERDICTS, {"readers": readers}):
        yield reader, Feedback(paper=paper, verdict=verdict, author=author, at=at)
