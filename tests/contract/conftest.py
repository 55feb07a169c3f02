"""A store for the contract tests, over each database that is at hand."""

import os
import shutil
from contextlib import closing

import pytest
from sqlalchemy import text

from digest.store import migrate, open_store
from digest.store.address import locate
from digest.store.database import Database
from digest.store.tables import metadata

POSTGRES = os.environ.get("DIGEST_TEST_POSTGRES")  # a database that may be emptied


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("database")
    migrate("sqlite:///empty.db", base=folder)
    return folder / "empty.db"


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRES else [])])
def store_url(request, tmp_path, empty_database):
    if request.param == "sqlite":
        shutil.copy(empty_database, tmp_path / "digest.db")
        return "sqlite:///digest.db"
    url = POSTGRES
    migrate(url, base=tmp_path)
    _empty(Database(locate(url, base=tmp_path)))
    return url


@pytest.fixture
def store(store_url, tmp_path):
    with closing(open_store(store_url, base=tmp_path)) as opened:
        yield opened


def _empty(database):
    names = ", ".join(table.name for table in metadata.sorted_tables)
    with database.writing() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    database.close()
