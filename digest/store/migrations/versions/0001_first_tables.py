"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger


def upgrade() -> None:
    """Make all tables."""
    _papers()
    _subscribers()
    _editions()
    _deliveries()


def _papers() -> None:
    op.create_table(
        "papers",
        sa.Column("serial", NUMBER, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("abstract", sa.Text, nullable=False),
        sa.Column("authors", sa.Text, nullable=False),
        sa.Column("categories", sa.Text, nullable=False),
        sa.Column("published", INSTANT),
        sa.Column("updated", INSTANT),
        sa.Column("version", sa.Integer),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("pdf_url", sa.Text, nullable=False),
        sa.Column("code_url", sa.Text, nullable=False),
        sa.Column("discussion_url", sa.Text, nullable=False),
        sa.Column("doi", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("upvotes", sa.Integer),
        sa.Column("comments", sa.Integer),
        sa.Column("stars", sa.Integer),
        sa.Column("citations", sa.Integer),
        sa.Column("sources", sa.Text, nullable=False),
        sa.Column("first_seen", INSTANT, nullable=False, index=True),
        sa.Column("merged_into", NUMBER, sa.ForeignKey("papers.serial"), index=True),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "paper_keys",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("serial", NUMBER, sa.ForeignKey("papers.serial"), nullable=False, index=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "signals",
        sa.Column("serial", NUMBER, sa.ForeignKey("papers.serial"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("seen_at", INSTANT, primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sources",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("since", INSTANT),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("last_modified", sa.Text, nullable=False),
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("checked_at", INSTANT),
        sa.Column("good_at", INSTANT),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("not_before", INSTANT),
        sa.Column("papers_total", sa.Integer, nullable=False),
    )


def _subscribers() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("interests", sa.Text, nullable=False),
        sa.Column("cadence", sa.Text, nullable=False),
        sa.Column("send_at", sa.Text, nullable=False),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("max_papers", sa.Integer, nullable=False),
        sa.Column("min_score", sa.Float, nullable=False),
        sa.Column("theme", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False, index=True),
        sa.Column("paused_until", INSTANT),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("status_in_file", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "suppressions",
        sa.Column("address_key", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
    )


def _editions() -> None:
    op.create_table(
        "editions",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("subscriber_id", NUMBER, _of("subscribers.id"), nullable=False),
        sa.Column("slot", sa.Text, nullable=False, index=True),
        sa.Column("slot_day", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("cutoff", sa.BigInteger, nullable=False),
        sa.Column("considered", sa.Integer, nullable=False),
        sa.Column("matched", sa.Integer, nullable=False),
        sa.Column("picks", sa.Integer, nullable=False),
        sa.UniqueConstraint("subscriber_id", "slot"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "edition_papers",
        sa.Column("edition_id", NUMBER, _of("editions.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("serial", NUMBER, sa.ForeignKey("papers.serial"), nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("edition_id", NUMBER, _of("editions.id"), nullable=False, unique=True),
        sa.Column("subscriber_id", NUMBER, _of("subscribers.id"), nullable=False, index=True),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("recipient_key", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False, unique=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("lease_owner", sa.Text, nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("code", sa.Integer),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.Column("changed_at", INSTANT, nullable=False),
        sqlite_autoincrement=True,
    )
    _index_where("claimable", "state IN ('queued', 'deferred')", "next_attempt_at", "id")
    _index_where("sending", "state = 'sending'", "lease_until")
    _index_where("not_sent", "state IN ('failed', 'suppressed', 'in_doubt')", "state", "id")


def _of(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE")


def _index_where(name: str, condition: str, *columns: str) -> None:
    where = sa.text(condition)
    op.create_index(
        f"ix_deliveries_{name}",
        "deliveries",
        columns,
        sqlite_where=where,
        postgresql_where=where,
    )
