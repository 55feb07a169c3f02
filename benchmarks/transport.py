"""Measure transports: what it takes to hand ready mails of 44 KB to a relay.

    python benchmarks/transport.py [--quick] [--sink fast delay tls tls-delay]
        [--connections 1 4 16] [--repetitions 5]

Each sender is a process of its own, run interleaved (A B C, C B A, …). One that is not
installed is named. Look at the processor's time a mail and at the ratios: on a busy machine
the mails a second swing by half.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from built import built, can_build
from measure import Spent, interleaved, print_table, spread
from peers.senders import find_smtp_source
from sample import ready_mail
from sinks.running import Certificates, Sink, delay_sink, fast_sink, make_certificates

_HERE = Path(__file__).parent
_GO = _HERE / "peers" / "go"
_BASE = "aiosmtplib"
_DELAY_MS = 20
_HEADS = ("sender", "mails/s", "ratio", "CPU us/mail", "ratio")


@dataclass(frozen=True, slots=True)
class Sender:
    """A program that sends ready mails.

    Attributes:
        command: what runs it, before port, count, connections, mail and CA file.
        missing: what would have to be installed, or "".
        factor: how many times the usual number of mails it is given where nothing waits:
            the quick ones are over too soon, and nodemailer has to warm up.
        tls: whether it can speak STARTTLS.
    """

    command: Sequence[str]
    missing: str = ""
    factor: int = 1
    tls: bool = True


@dataclass(frozen=True, slots=True)
class Course:
    """A sink and how much is sent to it.

    Attributes:
        title: of the table.
        sink: starts it.
        mails: in a run, where nothing waits; 0 where replies are delayed.
        each: mails for each connection, where replies are delayed.
        ca_file: whom to trust for STARTTLS, or None for a plain line.
    """

    title: str
    sink: Callable[[], AbstractContextManager[Sink]]
    mails: int = 0
    each: int = 0
    ca_file: Path | None = None

    def count(self, sender: Sender, connections: int) -> int:
        """Return how many mails a sender is to carry."""
        return self.mails * sender.factor or self.each * connections


def main() -> None:
    """Run every course that was asked for, and print its tables."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mail = folder / "ready.eml"
        mail.write_bytes(ready_mail())
        courses = _courses(make_certificates(folder), quick=options.quick)
        senders = _senders()
        print(f"mail: {mail.stat().st_size} bytes; {options.repetitions} interleaved repetitions")
        for wanted in options.sink:
            for connections in options.connections:
                _run(courses[wanted], connections, senders, mail, options.repetitions)


def _options() -> argparse.Namespace:
    every = ["fast", "delay", "tls", "tls-delay"]
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sink", nargs="+", choices=every)
    parser.add_argument("--connections", type=int, nargs="+")
    parser.add_argument("--repetitions", type=int)
    parser.add_argument("--quick", action="store_true", help="two sinks, fewer mails")
    options = parser.parse_args()
    options.sink = options.sink or (every[:2] if options.quick else every)
    options.connections = options.connections or ([4] if options.quick else [1, 4, 16])
    options.repetitions = options.repetitions or (3 if options.quick else 5)
    return options


def _courses(certificates: Certificates, *, quick: bool) -> dict[str, Course]:
    mails, each = (400, 10) if quick else (1_000, 100)  # what a connection carries by default
    ca_file = certificates.authority
    far = partial(delay_sink, delay_ms=_DELAY_MS)
    return {
        "fast": Course("no delay (C sink)", fast_sink, mails=mails),
        "delay": Course(f"{_DELAY_MS} ms a reply", far, each=each),
        "tls": Course(
            "STARTTLS, no delay (Python sink)",
            partial(delay_sink, certificates=certificates),
            mails=mails // 4,
            ca_file=ca_file,
        ),
        "tls-delay": Course(
            f"STARTTLS, {_DELAY_MS} ms a reply",
            partial(far, certificates=certificates),
            each=each,
            ca_file=ca_file,
        ),
    }


def _senders() -> dict[str, Sender]:
    def ready(name: str, **more: object) -> Sender:
        return Sender((sys.executable, "-m", "peers.senders", name), **more)  # type: ignore[arg-type]

    no_django = "" if find_spec("django") else "pip install django"
    no_postfix = "" if find_smtp_source() else "Debian package postfix"
    return {
        "digest": ready("digest", factor=4),
        _BASE: ready("aiosmtplib"),
        "smtplib": ready("smtplib"),
        "Django": ready("django", missing=no_django),
        "nodemailer": Sender(
            ("node", str(_HERE / "peers" / "nodemailer.js")), missing=_no_nodemailer(), factor=8
        ),
        "Go net/smtp": _go_sender(),
        "smtp-source": ready("smtp-source", missing=no_postfix, factor=8, tls=False),
    }


def _go_sender() -> Sender:
    source = _GO / "kept.go"
    if can_build(source):
        return Sender((str(built(source, _GO / "lines.go")),), factor=4)
    return Sender((), missing="Go")


def _no_nodemailer() -> str:
    node = shutil.which("node")
    if node is None:
        return "node, and npm install nodemailer"
    found = subprocess.run(
        [node, "-e", "require('nodemailer')"], cwd=_HERE, capture_output=True, check=False
    )
    return "npm install nodemailer; NODE_PATH=…/node_modules" if found.returncode else ""


def _run(
    course: Course, connections: int, senders: dict[str, Sender], mail: Path, repetitions: int
) -> None:
    able = {
        name: sender
        for name, sender in senders.items()
        if not sender.missing and (sender.tls or not course.ca_file)
    }
    with course.sink() as sink:
        results = interleaved(
            {
                name: partial(_send, sender, sink.port, connections, course, mail)
                for name, sender in able.items()
            },
            repetitions,
        )
    rates = {
        name: [course.count(able[name], connections) / run.seconds for run in runs]
        for name, runs in results.items()
    }
    costs = {
        name: [run.cpu / course.count(able[name], connections) * 1e6 for run in runs]
        for name, runs in results.items()
    }
    rows = [
        (
            name,
            spread(rates[name]),
            f"{median(rates[name]) / median(rates[_BASE]):.2f}",
            spread(costs[name]),
            f"{median(costs[_BASE]) / median(costs[name]):.2f}",
        )
        for name in able
    ]
    title = f"{course.title}, {connections} connections; ratios to {_BASE}, more is better"
    print_table(title, _HEADS, rows)
    for name in senders.keys() - able.keys():
        print(f"{name}: {_why_not(senders[name])}")
    if sink.taken.get("errors"):
        print(f"the sink heard {sink.taken['errors']} commands out of order")


def _why_not(sender: Sender) -> str:
    return f"not installed: {sender.missing}" if sender.missing else "knows no TLS"


def _send(sender: Sender, port: int, connections: int, course: Course, mail: Path) -> Spent:
    numbers = [port, course.count(sender, connections), connections]
    authority = [str(course.ca_file)] if course.ca_file else []
    ran = subprocess.run(
        [*sender.command, *map(str, numbers), str(mail), *authority],
        cwd=_HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise SystemExit(f"{' '.join(sender.command)} failed:\n{ran.stderr[-1500:]}")
    return Spent(**json.loads(ran.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main()
