"""Trending: how much it counts for each reader, and whether an outsider comes last."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add what readers may set; those who are there get the defaults."""
    weight = sa.Column("trending_weight", sa.Float, nullable=False, server_default="1")
    op.add_column("subscribers", weight)
    length = sa.Column("trending", sa.Integer, nullable=False, server_default="3")
    op.add_column("subscribers", length)
    outsider = sa.Column("outsider", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("subscribers", outsider)
