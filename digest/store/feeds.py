"""Readers' own feeds: which of their addresses is good."""

from sqlalchemy import Column, ForeignKey, Integer, Table, select

from digest.store.database import Database, insert_into
from digest.store.tables import metadata, subscribers

feeds = Table(
    "feeds",
    metadata,
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, nullable=False),
)


class SqlFeedStore:
    """The ``FeedStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def number(self, subscriber_id: int) -> int:
        """See ``FeedStore``."""
        query = select(feeds.c.number).where(feeds.c.subscriber_id == subscriber_id)
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def renew(self, subscriber_id: int) -> int:
        """See ``FeedStore``."""
        reader = select(subscribers.c.id).where(subscribers.c.id == subscriber_id)
        with self._database.writing() as connection:
            if connection.scalar(reader.with_for_update()) is None:
                return 0
            query = insert_into(connection, feeds).values(subscriber_id=subscriber_id, number=1)
            renewed: int | None = connection.scalar(
                query.on_conflict_do_update(
                    index_elements=["subscriber_id"], set_={"number": feeds.c.number + 1}
                ).returning(feeds.c.number)
            )
        return renewed or 0
