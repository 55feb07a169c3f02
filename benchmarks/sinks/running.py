"""Start a sink on a free port of 127.0.0.1 for as long as a block runs, and stop it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from built import built

_HERE = Path(__file__).parent


@dataclass(slots=True)
class Sink:
    """A sink that runs.

    Attributes:
        port: where it listens on 127.0.0.1.
        pid: its process.
        taken: after it was stopped: how many mails, bytes, sessions and errors.
    """

    port: int
    pid: int
    taken: dict[str, int]


@dataclass(frozen=True, slots=True)
class Certificates:
    """A throw-away certificate for 127.0.0.1.

    Attributes:
        server: PEM file with key and chain, for the sink.
        authority: PEM file of who signed it, for the senders.
    """

    server: Path
    authority: Path


@contextmanager
def fast_sink() -> Iterator[Sink]:
    """Run the C sink; needs a C compiler named ``cc``."""
    with _running([str(built(_HERE / "fast.c"))]) as sink:
        yield sink


@contextmanager
def delay_sink(
    *,
    delay_ms: float = 0,
    certificates: Certificates | None = None,
    log: Path | None = None,
    keep: Path | None = None,
) -> Iterator[Sink]:
    """Run the Python sink."""
    command = [sys.executable, str(_HERE / "delay.py"), "--delay-ms", str(delay_ms)]
    if certificates:
        command += ["--certificate", str(certificates.server)]
    if log:
        command += ["--log", str(log)]
    if keep:
        command += ["--keep", str(keep)]
    with _running(command) as sink:
        yield sink


def make_certificates(folder: Path) -> Certificates:
    """Make a certificate authority and a certificate for 127.0.0.1 in a folder."""
    authority = trustme.CA()
    files = Certificates(folder / "server.pem", folder / "authority.pem")
    authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(
        files.server
    )
    authority.cert_pem.write_to_path(files.authority)
    return files


@contextmanager
def _running(command: list[str]) -> Iterator[Sink]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None  # noqa: S101 - it was asked for
    first = process.stdout.readline().split()
    if not first:
        raise SystemExit(f"the sink did not start: {' '.join(command)}")
    sink = Sink(port=int(first[-1]), pid=process.pid, taken={})
    try:
        yield sink
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=10)
        sink.taken |= json.loads(rest or "{}")
