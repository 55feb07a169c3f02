"""The tables: what is kept, under which keys, and which index serves which question.

Every change here needs a migration; a test compares the two.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from digest.core.bounces import BounceKind, SuppressedBy
from digest.core.delivery import DeliveryState
from digest.core.feedback import Verdict
from digest.core.outcome import Cause
from digest.core.subscriber import Origin, Status
from digest.store.columns import (
    cadences,
    choices,
    days,
    instants,
    interest_sets,
    name_sets,
    paper_ids,
    text_lists,
    wall_times,
)
from digest.store.naming import NUMBER, RULES

SCHEMA = "0012"
"""The revision of ``migrations/versions`` that makes these tables."""

metadata = MetaData(naming_convention=RULES)

papers = Table(
    "papers",
    metadata,
    Column("serial", NUMBER, primary_key=True),
    Column("id", paper_ids(), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("authors", text_lists(), nullable=False),
    Column("categories", text_lists(), nullable=False),
    Column("published", instants()),
    Column("updated", instants()),
    Column("version", Integer),
    Column("url", Text, nullable=False),
    Column("pdf_url", Text, nullable=False),
    Column("code_url", Text, nullable=False),
    Column("discussion_url", Text, nullable=False),
    Column("doi", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("upvotes", Integer),
    Column("comments", Integer),
    Column("stars", Integer),
    Column("citations", Integer),
    Column("sources", text_lists(), nullable=False),
    Column("first_seen", instants(), nullable=False, index=True),
    # The older record of the same work, found out later; this row is then history only.
    Column("merged_into", ForeignKey("papers.serial"), index=True),
    sqlite_autoincrement=True,
)

paper_keys = Table(
    "paper_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("serial", ForeignKey("papers.serial"), nullable=False, index=True),
    sqlite_with_rowid=False,
)

signals = Table(
    "signals",
    metadata,
    Column("serial", ForeignKey("papers.serial"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("seen_at", instants(), primary_key=True),
    Column("value", Integer, nullable=False),
    sqlite_with_rowid=False,
)

sources = Table(
    "sources",
    metadata,
    Column("name", Text, primary_key=True),
    Column("since", instants()),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("checked_at", instants()),
    Column("good_at", instants()),
    Column("failures", Integer, nullable=False),
    Column("not_before", instants()),
    Column("papers_total", Integer, nullable=False),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("interests", interest_sets(), nullable=False),
    Column("cadence", cadences(), nullable=False),
    Column("send_at", wall_times(), nullable=False),
    Column("timezone", Text, nullable=False),
    Column("max_papers", Integer, nullable=False),
    Column("min_score", Float, nullable=False),
    Column("trending_weight", Float, nullable=False, server_default="1"),
    Column("trending", Integer, nullable=False, server_default="3"),
    Column("outsider", Boolean, nullable=False, server_default=false()),
    Column("theme", Text, nullable=False),
    Column("status", choices(Status), nullable=False, index=True),
    Column("paused_until", instants()),
    Column("origin", choices(Origin), nullable=False),
    Column("created_at", instants(), nullable=False),
    # Set while the reader's block is gone from the file: the status to return to.
    Column("status_in_file", choices(Status)),
    Column("follows", name_sets(), nullable=False, server_default=""),  # see ``followers``
    # Who ended the mail when the reader did not.
    Column("ended_by", choices(Origin)),
    sqlite_autoincrement=True,
)

editions = Table(
    "editions",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False),
    Column("slot", Text, nullable=False, index=True),
    Column("slot_day", days(), nullable=False),
    Column("created_at", instants(), nullable=False),
    Column("cutoff", BigInteger, nullable=False),
    Column("considered", Integer, nullable=False),
    Column("matched", Integer, nullable=False),
    Column("picks", Integer, nullable=False),
    Column("serials", Text, nullable=False, server_default=""),  # see ``selections``
    Column("scores", Text, nullable=False, server_default=""),
    Column("reasons", Text, nullable=False, server_default=""),
    UniqueConstraint("subscriber_id", "slot"),
    Index("ix_editions_of_late", "subscriber_id", "created_at"),
    sqlite_autoincrement=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column(
        "edition_id", ForeignKey("editions.id", ondelete="CASCADE"), nullable=False, unique=True
    ),
    Column(
        "subscriber_id",
        ForeignKey("subscribers.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("recipient", Text, nullable=False),
    Column("recipient_key", Text, nullable=False),
    Column("message_id", Text, nullable=False, unique=True),
    Column("state", choices(DeliveryState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("token", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", instants(), nullable=False),
    Column("expires_at", instants(), nullable=False),
    Column("lease_owner", Text, nullable=False),
    Column("lease_until", instants()),
    Column("code", Integer),
    Column("status", Text, nullable=False, server_default=""),
    Column("cause", choices(Cause), nullable=False, server_default=""),
    Column("reply", Text, nullable=False),
    Column("sent_at", instants()),
    Column("changed_at", instants(), nullable=False),
    sqlite_autoincrement=True,
)

# Nearly all deliveries are sent ones that nobody asks for. Small indexes over the others
# keep a claim as quick after a year as on the first day. A database uses such an index
# only for a query that repeats its condition word by word, hence text and no bound values.
_CLAIMABLE = "state IN ('queued', 'deferred')"
_SENDING = "state = 'sending'"
_NOT_SENT = "state IN ('failed', 'suppressed', 'in_doubt')"
_LEASED = "lease_owner <> ''"
CLAIMABLE = text(f"deliveries.{_CLAIMABLE}")
SENDING = text(f"deliveries.{_SENDING}")
NOT_SENT = text(f"deliveries.{_NOT_SENT}")
LEASED = text(f"deliveries.{_LEASED}")
# And nearly all editions have papers in them.
_EMPTY = "picks = 0"
EMPTY = text(f"editions.{_EMPTY}")


def _index_where(table: Table, name: str, condition: str, *columns: str) -> None:
    where = text(condition)
    of = [table.c[column] for column in columns]
    Index(f"ix_{table.name}_{name}", *of, sqlite_where=where, postgresql_where=where)


_index_where(deliveries, "claimable", _CLAIMABLE, "next_attempt_at", "id")
_index_where(deliveries, "not_sent", _NOT_SENT, "state", "id")
_index_where(deliveries, "leased", _LEASED, "lease_owner")
_index_where(editions, "empty", _EMPTY, "slot")

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_key", Text, primary_key=True),
    Column("kind", choices(SuppressedBy), nullable=False, default=SuppressedBy.OPERATOR),
    Column("reason", Text, nullable=False),
    Column("since", instants(), nullable=False),
)

relays = Table(
    "relays",
    metadata,
    Column("name", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("trouble", Text, nullable=False),
    Column("cause", choices(Cause), nullable=False),
    Column("since", instants()),
    Column("not_before", instants()),
    # When the next place in time is free, in seconds since 1970; the place is a real number.
    Column("next_free", Float, nullable=False),
    Column("day", days()),
    Column("sent_on_day", Integer, nullable=False),
)

# Addresses of erased readers, as hashes: what is known again must not be mailed.
erased_addresses = Table(
    "erased_addresses",
    metadata,
    Column("address_hash", Text, primary_key=True),
    Column("salt", Text, nullable=False),
    Column("kind", choices(SuppressedBy), nullable=False),
    Column("since", instants(), nullable=False),
)

bounce_events = Table(
    "bounce_events",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    # None: nobody whom it could be traced to.
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), index=True),
    Column("address_key", Text, nullable=False, index=True),
    Column("kind", choices(BounceKind), nullable=False),
    Column("message_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("diagnostic", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("points", Integer, nullable=False),
    Column("seen_at", instants(), nullable=False, index=True),
    sqlite_autoincrement=True,
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column(
        "subscriber_id",
        ForeignKey("subscribers.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("serial", ForeignKey("papers.serial"), nullable=False),
    Column("verdict", choices(Verdict), nullable=False),
    Column("author", Text, nullable=False),
    Column("at", instants(), nullable=False),
    sqlite_autoincrement=True,
)

# Vectors of half floats, by a hash of the text that was read.
paper_vectors = Table(
    "paper_vectors",
    metadata,
    Column("key", Text, primary_key=True),
    Column("model", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),
)
