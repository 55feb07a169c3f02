"""Bounces: what came back of mails, and why an address is suppressed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger


def upgrade() -> None:
    """Make the tables of events and of erased addresses; suppressions tell their kind."""
    _suppressions()
    op.create_table(
        "erased_addresses",
        sa.Column("address_hash", sa.Text, primary_key=True),
        sa.Column("salt", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
    )
    op.create_table(
        "bounce_events",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column(
            "subscriber_id",
            NUMBER,
            sa.ForeignKey("subscribers.id", ondelete="CASCADE"),
            index=True,
        ),
        sa.Column("address_key", sa.Text, nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("diagnostic", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False, index=True),
        sqlite_autoincrement=True,
    )


def _suppressions() -> None:
    """Make the table anew, with a kind; what is in it came from the operator."""
    op.execute("CREATE TABLE suppressions_before AS SELECT * FROM suppressions")
    op.drop_table("suppressions")
    op.create_table(
        "suppressions",
        sa.Column("address_key", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
    )
    op.execute(
        "INSERT INTO suppressions (address_key, kind, reason, since) "
        "SELECT address_key, 'operator', reason, since FROM suppressions_before"
    )
    op.drop_table("suppressions_before")
