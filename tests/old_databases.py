"""A SQLite file of any age for the tests of migrations, and a look into it."""

import sqlite3
from contextlib import closing

URL = "sqlite:///digest.db"


def query(file, sql, *values):
    with closing(sqlite3.connect(file)) as connection, connection:
        return connection.execute(sql, values).fetchall()
