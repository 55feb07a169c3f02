"""Run the core with every door shut: a program for ``test_architecture``.

It imports all of ``digest.core`` and takes two papers from JSON to the bytes of a mail, under
an audit hook (PEP 578) that refuses to open anything but Python's own code and the time zone
data. A theme's templates come as JSON on standard input; an argument names a breach to try.
"""

import json
import pkgutil
import sys
from datetime import UTC, datetime
from importlib import import_module
from os import O_RDWR, O_WRONLY, fspath
from pathlib import PurePath

CODE = {".py", ".pyc", ".so", ".pyd", ".dll"}
REFUSED = (
    "socket.", "sqlite3.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn",
    "os.spawn", "os.remove", "os.rename", "os.mkdir", "tempfile.", "shutil.", "http.client.",
    "urllib.Request", "smtplib.",
)  # fmt: skip
BREACHES = {
    "read a file": lambda: open("/etc/hostname"),  # noqa: PTH123, SIM115 - the plainest way
    "write a file": lambda: open("sealed.py", "w"),  # noqa: PTH123, SIM115 - the plainest way
    "make a socket": lambda: import_module("socket").socket(),
    "open a database": lambda: import_module("sqlite3").connect(":memory:"),
    "start a process": lambda: import_module("subprocess").run(["true"], check=False),
}


def refuse(event, arguments):
    """Refuse what opens something, but for code and time zones."""
    if event == "open":
        path, _mode, flags = arguments
        if flags & (O_WRONLY | O_RDWR) or not is_code_or_time_zone(path):
            raise PermissionError(f"the core opened {path}")
    elif event.startswith(REFUSED):
        raise PermissionError(f"the core did {event}")


def is_code_or_time_zone(path):
    if isinstance(path, int):
        return False
    place = PurePath(fspath(path) if not isinstance(path, bytes) else path.decode())
    return place.suffix in CODE or {"zoneinfo", "tzdata"} & set(place.parts)


def import_all():
    core = import_module("digest.core")
    for module in pkgutil.walk_packages(core.__path__, "digest.core."):
        import_module(module.name)


def compose(templates):
    """Take papers from records to a mail, by way of everything that decides."""
    from digest import Interests, Keyword, Profile, Subscriber, rank  # noqa: PLC0415 - sealed
    from digest.core import delivery, edition, message, records, render, schedule  # noqa: PLC0415

    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    papers = [
        records.paper_from_record(record, source="file")
        for record in (
            {"id": "2406.01234", "title": r"Dense retrieval in $\mathcal{O}(n^2)$", "upvotes": 7},
            {"id": "2406.05678", "title": "Maps of caves", "authors": ["Ada Lovelace"]},
        )
    ]
    wanted = Interests(keywords=(Keyword(term="dense retriev*"),), authors=("A. Lovelace",))
    reader = Subscriber(
        email="ada@example.org",
        interests=wanted,
        schedule=schedule.Schedule(timezone="Europe/Paris"),
    )
    [ranking] = rank(papers, [Profile(id="ada", interests=wanted)])
    slot = schedule.due(reader.schedule, now)
    made = edition.Edition(
        subscriber_id=1,
        slot=slot,
        created_at=now,
        cutoff=2,
        considered=len(papers),
        matched=ranking.matched,
        picks=ranking.matches,
    )
    renderer = render.Renderer(
        render.Theme(name="default", templates=templates), render.MailList(name="Papers")
    )
    rendered = renderer.render(made, reader, render.Links(unsubscribe="mailto:a@example.org"))
    mail = message.build_message(
        message.Headers(
            sender_name="Papers",
            sender_address="digest@example.org",
            recipient_name="Ada",
            recipient_address=reader.email,
            subject=rendered.subject,
            date=now,
            message_id=message.message_id("sealed.1", "example.org"),
            list_id_name="Papers",
            list_id_domain="digest.example.org",
        ),
        text=rendered.text,
        html=rendered.html,
    )
    queued = delivery.Delivery(
        edition_id=1, subscriber_id=1, recipient=reader.email, message_id="<sealed.1@example.org>",
        next_attempt_at=now, expires_at=now,
    )  # fmt: skip
    policy = delivery.RetryPolicy()
    settled = delivery.next_state(
        queued, delivery.Accepted("250 ok"), policy=policy, now=now, jitter=0.5
    )
    return len(made.picks), len(mail), settled.state.value


def main(breach=""):
    templates = json.load(sys.stdin)
    sys.addaudithook(refuse)
    import_all()
    print(*compose(templates))  # noqa: T201 - the answer to the test
    if breach:
        BREACHES[breach]()


if __name__ == "__main__":
    main(*sys.argv[1:])
