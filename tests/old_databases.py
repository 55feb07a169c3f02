"""Databases as older versions of the program left them, for the tests of migrations."""

import sqlite3
from contextlib import closing

from alembic import command
from alembic.config import Config

from digest.store import schema
from digest.store.address import locate
from digest.store.database import Database

URL = "sqlite:///digest.db"
OLD_READER = {
    "id": 1,
    "email": "ada@example.org",
    "email_key": "ada@example.org",
    "name": "",
    "interests": "{}",
    "cadence": "daily",
    "send_at": "08:00",
    "timezone": "UTC",
    "max_papers": 10,
    "min_score": 0.1,
    "theme": "default",
    "status": "active",
    "origin": "file",
    "created_at": 0,
}
OLD_EDITION = {
    "subscriber_id": 1,
    "slot_day": "2026-11-23",
    "created_at": 0,
    "cutoff": 1,
    "considered": 1,
    "matched": 1,
    "picks": 1,
}


def migrate_to(url, revision, folder):
    """Make a database as an older version of the program left it."""
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    database = Database(locate(url, base=folder))
    with database.rebuilding() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    database.close()


def query(file, sql, *values):
    with closing(sqlite3.connect(file)) as connection, connection:
        return connection.execute(sql, values).fetchall()
