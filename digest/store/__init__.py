"""The database: papers, people, editions, deliveries, relays, what came back, what was said."""

from dataclasses import dataclass
from pathlib import Path

from digest.errors import StoreError
from digest.ports import (
    EditionStore,
    FeedbackStore,
    Ledger,
    PaperStore,
    RelayStore,
    SubscriberStore,
    Turns,
    VectorStore,
)
from digest.ports.bounces import BounceStore, SuppressionStore
from digest.ports.feeds import FeedStore
from digest.ports.moves import MoveStore
from digest.ports.report import ReportStore
from digest.ports.sign_ups import SignUpStore
from digest.store.address import check_place, file_of, is_shared, locate, shown
from digest.store.bounces import SqlBounceStore
from digest.store.database import Database
from digest.store.deliveries import SqlLedger
from digest.store.editions import SqlEditionStore
from digest.store.feedback import SqlFeedbackStore
from digest.store.feeds import SqlFeedStore
from digest.store.moves import SqlMoveStore
from digest.store.papers import SqlPaperStore
from digest.store.relays import SqlRelayStore
from digest.store.report import SqlReportStore
from digest.store.schema import check_schema, migrate
from digest.store.server import ServerFacts, read_facts
from digest.store.sign_ups import SqlSignUpStore
from digest.store.subscribers import SqlSubscriberStore
from digest.store.suppressions import SqlSuppressionStore
from digest.store.turns import SqlTurns
from digest.store.vectors import SqlVectorStore

__all__ = [
    "ServerFacts",
    "Store",
    "check_place",
    "is_shared",
    "migrate",
    "open_store",
    "server_facts",
    "shown",
    "store_exists",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One database, seen through the ports that it fulfils; usable from any thread."""

    papers: PaperStore
    subscribers: SubscriberStore
    editions: EditionStore
    ledger: Ledger
    relays: RelayStore
    bounces: BounceStore
    suppressions: SuppressionStore
    vectors: VectorStore
    feedback: FeedbackStore
    turns: Turns
    sign_ups: SignUpStore
    report: ReportStore
    moves: MoveStore
    feeds: FeedStore
    database: Database

    def close(self) -> None:
        """Close the connections; nothing is lost by not doing so."""
        self.database.close()


def store_exists(url: str, *, base: Path) -> bool:
    """Tell whether there is a database to open; a server's is somebody else's to make.

    Raises:
        StoreError: ``url`` names none that we can use.
    """
    file = file_of(locate(url, base=base))
    return file is None or file.exists()


def server_facts(database: Database) -> ServerFacts | None:
    """Return what the database's server says of itself, None for a file.

    Raises:
        StoreError: it cannot be asked.
    """
    if not database.is_server:
        return None
    with database.reading() as connection:
        return read_facts(connection)


def open_store(url: str, *, base: Path) -> Store:
    """Open a database that is there and up to date.

    Args:
        url: ``store.url`` of the configuration.
        base: the folder that a relative file is taken from.

    Raises:
        StaleSchemaError: it was made by another version of the program.
        StoreError: it is missing or cannot be used.
    """
    place = locate(url, base=base)
    if not store_exists(url, base=base):
        raise StoreError(f"{place.database}: there is no database; run `digest init`")
    database = Database(place)
    try:
        check_schema(database)
    except StoreError:
        database.close()
        raise
    return Store(
        papers=SqlPaperStore(database),
        subscribers=SqlSubscriberStore(database),
        editions=SqlEditionStore(database),
        ledger=SqlLedger(database),
        relays=SqlRelayStore(database),
        bounces=SqlBounceStore(database),
        suppressions=SqlSuppressionStore(database),
        vectors=SqlVectorStore(database),
        feedback=SqlFeedbackStore(database),
        turns=SqlTurns(database),
        sign_ups=SqlSignUpStore(database),
        report=SqlReportStore(database),
        moves=SqlMoveStore(database),
        feeds=SqlFeedStore(database),
        database=database,
    )
