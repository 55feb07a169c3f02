"""Who ended a reader's mail, when the reader did not."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add who it was; of those who are there, only the file's part is known."""
    op.add_column("subscribers", sa.Column("ended_by", sa.Text))
    op.execute("UPDATE subscribers SET ended_by = 'file' WHERE status_in_file IS NOT NULL")
