"""Changes of address: sign-ups of other kinds; and the numbers of readers' own feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Tell what a sign-up asks for, and who asks; make the table of feeds."""
    kind = sa.Column("kind", sa.Text, nullable=False, server_default="subscribe")
    op.add_column("sign_ups", kind)
    op.add_column("sign_ups", sa.Column("subscriber_id", NUMBER))
    op.add_column("sign_ups", sa.Column("withdrawn_at", sa.BigInteger))
    op.create_index("ix_sign_ups_subscriber_id", "sign_ups", ["subscriber_id"])
    op.create_table(
        "feeds",
        sa.Column(
            "subscriber_id",
            NUMBER,
            sa.ForeignKey("subscribers.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("number", sa.Integer, nullable=False),
    )
