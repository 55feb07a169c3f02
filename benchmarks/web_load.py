"""Measure the pages under load, alone and beside a ``digest send``: needs ``wrk``.

    python benchmarks/web_load.py [--quick] [--readers 10000] [--seconds 10] [--connections 16]

The front page, a search, and one click to unsubscribe by another reader each time, first with
nothing else to do, then while mails to all readers go to the fast sink. In the end it is looked up
whether whoever was answered 200 is unsubscribed, and whether a mail was claimed after that.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import ours
import workshop
from measure import print_table
from sinks.running import Sink, fast_sink

_PAPERS = 1_000
_GRACE = 30
_LONGEST = 3_600
_HEADS = ("requests", "beside", "requests/s", "p50 ms", "p99 ms", "not 200", "cut off", "answered")
_PATHS = {"GET /": "/", "GET /papers?q=": "/papers?q=dense%20retrieval"}
_CLICKS = "POST one click"
_SCRIPT = """\
local paths, at = {{}}, 0
local body = "List-Unsubscribe=One-Click"
local form = {{["Content-Type"] = "application/x-www-form-urlencoded"}}
for line in io.lines("{paths}") do paths[#paths + 1] = line end
local threads = {{}}
function setup(thread) table.insert(threads, thread); thread:set("wanted", "{method}") end
function init(args) answered, other = 0, 0 end
function request()
  at = at % #paths + 1
  if wanted == "POST" then return wrk.format("POST", paths[at], form, body) end
  return wrk.format("GET", paths[at])
end
function response(status)
  if status == 200 then answered = answered + 1 else other = other + 1 end
end
function done(summary, latency)
  local ok, bad = 0, 0
  for _, thread in ipairs(threads) do
    ok, bad = ok + thread:get("answered"), bad + thread:get("other")
  end
  local e = summary.errors
  io.write(string.format(
    'JSON {{"ok": %d, "bad": %d, "cut": %d, "us": %d, "p50": %d, "p99": %d}}\\n',
    ok, bad, e.connect + e.read + e.write + e.timeout, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What ``wrk`` measured; latencies in milliseconds.

    Attributes:
        answered: requests that were answered 200.
        other: requests that were answered something else.
        cut_off: connections that broke, and answers that took two seconds.
        seconds: how long it asked.
        p50: half of the answers came as soon as that.
        p99: 99 of 100 came as soon as that.
    """

    answered: int
    other: int
    cut_off: int
    seconds: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What ``digest send`` did: mails, seconds of delivery, those left out, its exit code."""

    mails: int
    seconds: float
    suppressed: int
    code: int


def main() -> None:
    """Print the tables."""
    options = _options()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing; apt-get install --no-install-recommends wrk")
    with tempfile.TemporaryDirectory() as name:
        prepared = Path(name) / "prepared"
        workshop.prepare(prepared, readers=options.readers, papers=_PAPERS, connections=4)
        paths = Path(name) / "clicks"
        paths.write_text("\n".join(ours.unsubscribe_paths(prepared)) + "\n")
        runs = _Runs(Path(name), prepared, paths, options)
        rows, sends = [], [_sent_row("nothing", runs.send_alone())]
        for requests in (*_PATHS, _CLICKS):
            rows.append(_row(requests, "nothing", runs.alone(requests)))
            load, sent = runs.beside_a_send(requests)
            rows.append(_row(requests, "send", load))
            sends.append(_sent_row(requests, sent))
        print_table(f"The pages, {options.connections} connections", _HEADS, rows)
        heads = ("digest send beside", "mails", "mails/s", "left out", "exit")
        print_table(f"Mails to {options.readers:,} readers", heads, sends)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="1,000 readers, 3 seconds")
    parser.add_argument("--readers", type=int)
    parser.add_argument("--seconds", type=int, help="of load where nothing is sent beside it")
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    options.readers = options.readers or (1_000 if options.quick else 10_000)
    options.seconds = options.seconds or (3 if options.quick else 10)
    return options


class _Runs:
    """Runs on fresh copies of one prepared folder."""

    def __init__(
        self, folder: Path, prepared: Path, clicks: Path, options: argparse.Namespace
    ) -> None:
        self._folder = folder
        self._prepared = prepared
        self._clicks = clicks
        self._options = options

    def send_alone(self) -> Sent:
        """Send to all readers with nothing beside it."""
        folder = workshop.copy(self._prepared, self._folder / "run")
        with fast_sink() as sink:
            return _send(folder, sink)

    def alone(self, requests: str) -> Load:
        """Ask with nothing beside it."""
        folder = workshop.copy(self._prepared, self._folder / "run")
        ours.note_claims(folder)
        with _serving(folder) as port:
            asking = self._ask(port, requests)
            time.sleep(self._options.seconds)
            load = _stopped(asking)
        self._verify(folder, requests, load)
        return load

    def beside_a_send(self, requests: str) -> tuple[Load, Sent]:
        """Ask for as long as mails are sent."""
        folder = workshop.copy(self._prepared, self._folder / "run")
        ours.note_claims(folder)
        with fast_sink() as sink, _serving(folder) as port:
            asking = self._ask(port, requests)
            sent = _send(folder, sink)
            load = _stopped(asking)
        self._verify(folder, requests, load)
        return load, sent

    def _ask(self, port: int, requests: str) -> "subprocess.Popen[str]":
        paths = self._clicks
        if requests != _CLICKS:
            paths = self._folder / "paths"
            paths.write_text(_PATHS[requests] + "\n")
        method = requests.partition(" ")[0]
        script = self._folder / "load.lua"
        script.write_text(_SCRIPT.format(paths=paths, method=method))
        command = [
            "wrk", "-t1", f"-c{self._options.connections}", f"-d{_LONGEST}s", "-s", str(script),
            f"http://127.0.0.1:{port}",
        ]  # fmt: skip
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def _verify(self, folder: Path, requests: str, load: Load) -> None:
        """See that whoever was told so is unsubscribed, and got no mail that was claimed later.

        Raises:
            SystemExit: somebody is not.
        """
        if requests != _CLICKS:
            return
        gone, claimed = ours.unsubscribed(folder)
        wanted = min(load.answered, self._options.readers)
        told = (
            f"{load.answered:,} answers 200 to {wanted:,} readers: {gone:,} are unsubscribed, "
            f"{claimed:,} mails to them were claimed after that"
        )
        if gone < wanted or claimed:
            raise SystemExit(told)
        print(told, flush=True)


def _stopped(asking: "subprocess.Popen[str]") -> Load:
    """End ``wrk``, which then tells what it measured."""
    asking.send_signal(signal.SIGINT)
    told, _ = asking.communicate(timeout=_GRACE)
    facts = json.loads(told.partition("JSON ")[2].splitlines()[0])
    return Load(
        answered=facts["ok"],
        other=facts["bad"],
        cut_off=facts["cut"],
        seconds=facts["us"] / 1e6,
        p50=facts["p50"] / 1e3,
        p99=facts["p99"] / 1e3,
    )


@contextmanager
def _serving(folder: Path) -> Iterator[int]:
    """Run ``digest serve`` on a free port."""
    command = [ours.command(), "serve", "--port", "0"]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
    try:
        yield _port_of(process)
    finally:
        process.terminate()
        process.wait(_GRACE)


def _port_of(process: "subprocess.Popen[str]") -> int:
    """Read the port off the log, and go on reading, lest the pipe be full."""
    lines = process.stderr or ()
    for line in lines:
        if "serving" in line:
            threading.Thread(target=lambda: [*lines], daemon=True).start()
            return int(line.rpartition("port=")[2].split()[0])
    raise SystemExit("digest serve did not start")


def _send(folder: Path, sink: Sink) -> Sent:
    command = [ours.command(), "send", "--no-harvest", "--json"]
    ran = subprocess.run(
        command, cwd=folder, env=os.environ | workshop.at_port(sink.port),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ran.returncode:
        print(ran.stderr[-1500:], file=sys.stderr)
    facts = json.loads(ran.stdout)
    return Sent(
        mails=facts["sent"],
        seconds=facts["seconds"]["deliver"],
        suppressed=facts["suppressed"],
        code=ran.returncode,
    )


def _row(requests: str, beside: str, load: Load) -> list[str]:
    return [
        requests,
        beside,
        f"{(load.answered + load.other) / load.seconds:,.0f}",
        f"{load.p50:,.1f}",
        f"{load.p99:,.1f}",
        f"{load.other:,}",
        f"{load.cut_off:,}",
        f"{load.answered:,}",
    ]


def _sent_row(beside: str, sent: Sent) -> list[str]:
    rate = sent.mails / sent.seconds if sent.seconds else 0.0
    return [beside, f"{sent.mails:,}", f"{rate:,.0f}", f"{sent.suppressed:,}", str(sent.code)]


if __name__ == "__main__":
    main()
