"""Migration 0012: what an edition selected goes from rows of its own into the edition's row."""

from contextlib import closing

import pytest
from sqlalchemy import text

from digest.core.edition import Reason, ReasonKind
from digest.core.subscriber import TextField
from digest.pipeline.desk import RecentPapers
from digest.store import migrate, open_store
from digest.store.address import locate
from digest.store.database import Database
from digest.store.tables import SCHEMA
from tests.old_databases import OLD_EDITION, OLD_READER, URL, migrate_to

READER = OLD_READER | {"trending_weight": 1.0, "trending": 3}
PAPER = {
    "title": "On kelp", "abstract": "", "authors": "[]", "categories": "[]", "url": "",
    "pdf_url": "", "code_url": "", "discussion_url": "", "doi": "", "comment": "",
    "sources": "[]", "first_seen": 0,
}  # fmt: skip
MANY = 1_200  # editions: more than are read at once


@pytest.fixture(params=["a file", "a server"])
def url(request):
    return URL if request.param == "a file" else request.getfixturevalue("postgres").new_database()


@pytest.fixture
def old(url, tmp_path):
    """Make a database of schema 0011 with a reader, papers and editions; take rows of papers."""
    migrate_to(url, "0011", tmp_path)
    database = Database(locate(url, base=tmp_path))

    def fill(*rows):
        with database.writing() as connection:
            insert(connection, "subscribers", READER)
            papers = [{"serial": n, "id": f"arxiv:2611.0000{n}"} for n in (1, 2, 3)]
            insert(connection, "papers", *(PAPER | paper for paper in papers))
            editions = [{"id": n, "slot": f"slot {n}"} for n in range(1, MANY + 1)]
            insert(connection, "editions", *(OLD_EDITION | edition for edition in editions))
            names = ("edition_id", "position", "section", "serial", "score", "reasons")
            insert(connection, "edition_papers", *(dict(zip(names, r, strict=True)) for r in rows))

    with closing(database):
        yield fill


def insert(connection, table, *rows):
    names = ", ".join(rows[0])
    places = ", ".join(f":{name}" for name in rows[0])
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), [*rows])  # noqa: S608 - our own names


def test_what_editions_selected_goes_into_their_rows(old, url, tmp_path):
    in_title, author = '["term","kelp","title",2]', '["author","Bo",null,1]'
    old(
        (1, 1, "pick", 1, 0.25, f"{in_title}\n{author}"),
        (1, 0, "pick", 3, 1.0, '[["term","kelp",null,1,2.5]]'),  # of an older version still
        (1, 2, "trending", 2, 0.0, ""),
        (MANY, 0, "pick", 2, 0.1, ""),
    )
    assert migrate(url, base=tmp_path) == ("0011", SCHEMA)
    with closing(open_store(url, base=tmp_path)) as store:
        found = store.editions.editions([1, 2, MANY], known=RecentPapers())
    full, empty, last = (found[number] for number in (1, 2, MANY))
    kelp = Reason(ReasonKind.TERM, "kelp")
    of_two = (kelp._replace(field=TextField.TITLE, count=2), Reason(ReasonKind.AUTHOR, "Bo"))
    assert [(pick.paper.id[-1], pick.score, pick.reasons) for pick in full.picks] == [
        ("3", 1.0, (kelp,)),
        ("1", 0.25, of_two),
    ]
    assert [paper.id[-1] for paper in full.trending] == ["2"]
    assert empty.is_empty
    assert [(pick.paper.id[-1], pick.score, pick.reasons) for pick in last.picks] == [
        ("2", 0.1, ())
    ]
