"""What an edition selected goes into the edition's own row; an index of the empty ones."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_AT_ONCE = 1_000
_editions = sa.table(
    "editions", sa.column("id"), sa.column("serials"), sa.column("scores"), sa.column("reasons")
)
_papers = sa.table(
    "edition_papers",
    sa.column("edition_id"),
    sa.column("position"),
    sa.column("section"),
    sa.column("serial"),
    sa.column("score"),
    sa.column("reasons"),
)


def upgrade() -> None:
    """Add the columns, fill them from the rows of papers, and drop those."""
    for name in ("serials", "scores", "reasons"):
        op.add_column("editions", sa.Column(name, sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    fill = (
        sa.update(_editions)
        .where(_editions.c.id == sa.bindparam("edition"))
        .values({name: sa.bindparam(name) for name in ("serials", "scores", "reasons")})
    )
    for ids in _pages(connection):
        rows = connection.execute(
            sa.select(_papers)
            .where(_papers.c.edition_id.in_(ids))
            .order_by(_papers.c.edition_id, _papers.c.position)
        ).mappings()
        selections = [
            _selection(number, [*papers])
            for number, papers in groupby(rows, itemgetter("edition_id"))
        ]
        if selections:
            connection.execute(fill, selections)
    op.drop_table("edition_papers")
    empty = sa.text("picks = 0")
    op.create_index(
        "ix_editions_empty", "editions", ["slot"], sqlite_where=empty, postgresql_where=empty
    )


def _pages(connection: sa.Connection) -> Iterator[list[int]]:
    last = 0
    some = sa.select(_editions.c.id).order_by(_editions.c.id).limit(_AT_ONCE)
    while page := [*connection.scalars(some.where(_editions.c.id > last))]:
        yield page
        last = page[-1]


def _selection(number: int, papers: Sequence[sa.RowMapping]) -> dict[str, Any]:
    picks = [row for row in papers if row["section"] == "pick"]
    return {
        "edition": number,
        "serials": " ".join([str(row["serial"]) for row in papers]),
        "scores": " ".join([repr(float(row["score"])) for row in picks]),
        "reasons": "\n\n".join([row["reasons"] for row in picks]),
    }
