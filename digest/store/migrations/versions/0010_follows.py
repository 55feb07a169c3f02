"""Which settings each reader has left to the list; those who are there keep what they have."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column."""
    op.add_column("subscribers", sa.Column("follows", sa.Text, nullable=False, server_default=""))
