"""Senders of ready mails, one a process: what each takes for the same bytes.

    python -m peers.senders NAME PORT COUNT CONNECTIONS MAIL [CA_FILE]     (in benchmarks/)

Each keeps its connections open, one mail after the other on each. With a CA_FILE it
demands STARTTLS and checks the certificate. Prints one JSON object: seconds, cpu; what is
loaded and prepared before the first connection is not counted.
"""

import argparse
import asyncio
import json
import shutil
import smtplib
import ssl
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF
from typing import Any

from measure import spent

HOST = "127.0.0.1"
Run = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Job:
    """So many mails over so many connections.

    Attributes:
        port: of the sink on 127.0.0.1.
        count: how many mails.
        connections: how many at a time.
        message: the bytes of each.
        ca_file: whom to trust for STARTTLS, or None for a plain line.
    """

    port: int
    count: int
    connections: int
    message: bytes
    ca_file: Path | None

    def shares(self) -> Iterator[range]:
        """Yield the numbers of the mails of each connection."""
        for at in range(self.connections):
            yield range(
                self.count * at // self.connections, self.count * (at + 1) // self.connections
            )

    def context(self) -> ssl.SSLContext | None:
        """Return what one process needs for TLS; a context for each connection costs 40 ms."""
        return ssl.create_default_context(cafile=self.ca_file) if self.ca_file else None


def smtplib_kept(job: Job) -> Run:
    """The standard library, a thread for each connection."""
    context = job.context()

    def work(share: range) -> None:
        with smtplib.SMTP(HOST, job.port, local_hostname="bench") as connection:
            if context:
                connection.starttls(context=context)
            for number in share:
                connection.sendmail(_sender(number), [_recipient(number)], job.message)

    return partial(_in_threads, work, job)


def aiosmtplib_kept(job: Job) -> Run:
    """Aiosmtplib as its documentation keeps a connection."""
    import aiosmtplib  # noqa: PLC0415 - each process loads its own sender only

    context = job.context()

    async def work(share: range) -> None:
        connection = aiosmtplib.SMTP(
            hostname=HOST,
            port=job.port,
            local_hostname="bench",
            start_tls=context is not None,
            tls_context=context,
        )
        async with connection:
            for number in share:
                await connection.sendmail(_sender(number), [_recipient(number)], job.message)

    async def run() -> None:
        await asyncio.gather(*map(work, job.shares()))

    return lambda: asyncio.run(run())


def django_kept(job: Job) -> Run:
    """Django's SMTP backend, which a thread opens once and gives fifty mails at a time."""
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    settings.configure(USE_TZ=True)
    django.setup()
    from django.core.mail import EmailMessage  # noqa: PLC0415
    from django.core.mail.backends.smtp import EmailBackend  # noqa: PLC0415

    context = job.context()

    class Ready:
        def as_bytes(self, **_how: Any) -> bytes:
            return job.message

        def get(self, *_field: Any) -> None:
            return None

    class Mail(EmailMessage):  # type: ignore[misc, unused-ignore] # Django has no types
        def message(self, **_how: Any) -> Any:
            return Ready()

    def work(share: range) -> None:
        backend = EmailBackend(host=HOST, port=job.port, use_tls=context is not None)
        if context:
            backend.ssl_context = context
        with backend:
            for begin in range(share.start, share.stop, 50):
                numbers = range(begin, min(begin + 50, share.stop))
                mails = [Mail("", "", _sender(n), [_recipient(n)]) for n in numbers]
                if backend.send_messages(mails) != len(mails):
                    raise SystemExit("Django did not send all mails")

    return partial(_in_threads, work, job)


def smtp_source(job: Job) -> Run:
    """Postfix's own load generator, in C; knows neither pipelining nor TLS."""
    program = find_smtp_source()
    if program is None or job.ca_file:
        raise SystemExit("smtp-source is not installed, or was asked for TLS")
    many = ["-s", str(job.connections), "-m", str(job.count)]
    who = ["-f", _sender(0), "-t", _recipient(0), "-M", "bench"]
    command = [program, "-d", *many, *who]
    text = job.message.replace(b"\r\n", b"\n")  # it adds the CR itself

    def run() -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.write(text)
            file.flush()
            subprocess.run([*command, "-F", file.name, f"{HOST}:{job.port}"], check=True)

    return run


def find_smtp_source() -> str | None:
    """Return where Debian's package ``postfix`` puts it, or None."""
    return shutil.which("smtp-source") or shutil.which("smtp-source", path="/usr/sbin")


def ours(job: Job) -> Run:
    """The product's SMTP transport."""
    from ours import sender  # noqa: PLC0415

    mails = [(_sender(n), _recipient(n), job.message) for n in range(job.count)]
    return sender(job.port, job.connections, mails, job.ca_file)


SENDERS: dict[str, Callable[[Job], Run]] = {
    "digest": ours,
    "aiosmtplib": aiosmtplib_kept,
    "smtplib": smtplib_kept,
    "django": django_kept,
    "smtp-source": smtp_source,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one sender and print what it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", choices=SENDERS)
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("connections", type=int)
    parser.add_argument("mail", type=Path)
    parser.add_argument("ca_file", type=Path, nargs="?")
    given = parser.parse_args(arguments)
    job = Job(given.port, given.count, given.connections, given.mail.read_bytes(), given.ca_file)
    run = SENDERS[given.name](job)
    with spent(RUSAGE_CHILDREN if given.name == "smtp-source" else RUSAGE_SELF) as cost:
        run()
    print(json.dumps({"seconds": cost.seconds, "cpu": cost.cpu}))


def _in_threads(work: Callable[[range], None], job: Job) -> None:
    with ThreadPoolExecutor(job.connections) as threads:
        list(threads.map(work, job.shares()))


def _sender(number: int) -> str:
    return f"bounce+{number:x}@example.org"


def _recipient(number: int) -> str:
    return f"reader{number}@example.com"


if __name__ == "__main__":
    main()
