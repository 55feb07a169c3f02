"""Claims with a token of their own, causes of outcomes, and what is known of relays."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INSTANT = sa.BigInteger


def upgrade() -> None:
    """Add the columns and the table; what is being sent goes on under its old claim."""
    op.add_column("deliveries", sa.Column("token", sa.Integer, nullable=False, server_default="0"))
    op.add_column("deliveries", sa.Column("status", sa.Text, nullable=False, server_default=""))
    op.add_column("deliveries", sa.Column("cause", sa.Text, nullable=False, server_default=""))
    op.execute("UPDATE deliveries SET token = attempts")
    op.drop_index("ix_deliveries_sending", "deliveries")  # what is being sent is leased
    leased = sa.text("lease_owner <> ''")
    op.create_index(
        "ix_deliveries_leased",
        "deliveries",
        ["lease_owner"],
        sqlite_where=leased,
        postgresql_where=leased,
    )
    op.create_table(
        "relays",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("trouble", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("since", INSTANT),
        sa.Column("not_before", INSTANT),
        sa.Column("next_free", sa.Float, nullable=False),
        sa.Column("day", sa.Text),
        sa.Column("sent_on_day", sa.Integer, nullable=False),
    )
