"""A PostgreSQL server of the tests' own, where the program is on this machine."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg

PASSWORD = "canary-hunter2"
_DEBIAN = Path("/usr/lib/postgresql")
_QUICK = ("fsync=off", "full_page_writes=off", "max_connections=60", "shared_buffers=32MB")


def binaries():
    """Return the folder of PostgreSQL's programs, or None."""
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    return max(_DEBIAN.glob("*/bin"), default=None)


class Server:
    """A server that listens on loopback; it refuses to run as root, hence the user."""

    def __init__(self, programs):
        self._programs = programs
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="digest-postgres-"))
        self._numbers = count()
        self._process = None
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        secret = self._folder / "secret"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        self._run(
            "initdb",
            *("--pgdata", self._data, "--username", "digest", "--pwfile", str(secret)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
        )
        self.start()

    @property
    def _data(self):
        return str(self._folder / "data")

    def start(self):
        settings = [
            *_QUICK, "listen_addresses=127.0.0.1", f"unix_socket_directories={self._data}"
        ]  # fmt: skip
        options = [part for setting in settings for part in ("-c", setting)]
        self._process = subprocess.Popen(  # noqa: S603 - a program of this machine
            [self._programs / "postgres", "-D", self._data, "-p", str(self.port), *options],
            user=self._user,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 30
        while not self._answers():
            assert time.monotonic() < end, "the server does not start"
            time.sleep(0.05)

    def break_off(self):
        """End at once, as a crash does; ``pg_ctl stop -m immediate``."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)

    def remove(self):
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)
        shutil.rmtree(self._folder)

    def url(self, database):
        return f"postgresql+psycopg://digest:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def new_database(self, options=""):
        """Make a database; return its address."""
        name = f"d{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} {options}")
        return self.url(name)

    def execute(self, statement, database="postgres"):
        with self.connect(database) as connection:
            return connection.execute(statement)

    def connect(self, database="postgres"):
        plain = self.url(database).replace("+psycopg", "")
        return closing(psycopg.connect(plain, autocommit=True))

    def _answers(self):
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program, *words):
        subprocess.run(  # noqa: S603 - a program of this machine
            [self._programs / program, *words],
            user=self._user,
            cwd=self._folder,
            check=True,
            capture_output=True,
        )
