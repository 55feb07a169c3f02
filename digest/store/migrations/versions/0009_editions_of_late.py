"""An index for what a reader has had of late, so that years of editions slow nothing down."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Index editions by reader and time."""
    op.create_index("ix_editions_of_late", "editions", ["subscriber_id", "created_at"])
