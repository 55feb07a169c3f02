"""Measure the whole job: ``digest send`` from a database of readers to the relay's last reply.

    python benchmarks/end_to_end.py [--quick | --full] [--repetitions 3] [--connections 4]

First against the usual Python stacks with the same editions, interleaved (A B C, C B A, …),
then alone for growing numbers of readers, with its memory. The product's figures include its
ledger, which the others do not have. ``--full`` adds 100,000 readers.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import ours
import workshop
from built import built, can_build
from measure import Watched, interleaved, print_table, spread, watched
from peers.go_template import go_page
from sinks.running import Sink, fast_sink

_HERE = Path(__file__).parent
_PAPERS = 1_000
_CONFIG_REFUSED = 2
_PEERS = {"onceinline": 300, "premailer": 60}  # and how many mails: premailer takes its time
_GO, _GO_MAILS = _HERE / "peers" / "go", 2_000
_BASE = "onceinline"
_HEADS = (
    "sender", "mails", "KB each", "mails/s", "deliver us CPU", "ratio",
    "compose us CPU", "start s CPU", "peak MiB",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one sender took for some mails; seconds are of the processor unless said.

    Attributes:
        mails: how many left.
        bytes: how long they were, all together.
        seconds: by the clock, for the deliveries.
        deliver: for making and sending the mails (and, ours, for the ledger).
        compose: for choosing papers; ours alone.
        start: before that: interpreter, imports, configuration; ours alone.
        peak_mib: the most memory; ours alone.
    """

    mails: int
    bytes: int
    seconds: float
    deliver: float
    compose: float = 0.0
    start: float = 0.0
    peak_mib: float = 0.0


def main() -> None:
    """Print the tables."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for readers in options.readers:
            prepared = folder / str(readers)
            workshop.prepare(
                prepared, readers=readers, papers=_PAPERS, connections=options.connections
            )
        compared = folder / str(options.readers[:2][-1])  # the largest would take hours of a stack
        _compare(compared, options)
        _grow([folder / str(readers) for readers in options.readers])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="1,000 readers at the most")
    parser.add_argument("--full", action="store_true", help="up to 100,000 readers")
    parser.add_argument("--readers", type=int, nargs="+", help="sizes, rising")
    parser.add_argument("--repetitions", type=int)
    parser.add_argument("--connections", type=int, default=4)
    options = parser.parse_args()
    sizes = [300, 1_000] if options.quick else [1_000, 10_000]
    options.readers = options.readers or sizes + [100_000] * options.full
    options.repetitions = options.repetitions or (2 if options.quick else 3)
    return options


def _compare(prepared: Path, options: argparse.Namespace) -> None:
    """Run the product, with and without signatures, between the usual stacks."""
    editions = prepared / "editions.json"
    editions.write_text(json.dumps(workshop.editions(prepared, readers=100)))
    runs = {
        name: partial(_run_peer, _usual(name), mails, options.connections, editions)
        for name, mails in _PEERS.items()
    }
    if can_build(_GO / "whole.go"):
        page = prepared / "page.tmpl"
        page.write_text(go_page(), encoding="utf-8")
        go = [str(built(_GO / "whole.go", _GO / "lines.go"))]
        runs["Go"] = partial(_run_peer, go, _GO_MAILS, options.connections, editions, page)
    else:
        print("Go: not installed")
    runs["digest"] = partial(_run_ours, prepared)
    for algorithm in ("ed25519", "rsa"):
        if trouble := _refused(signing := workshop.signing(prepared, algorithm), prepared):
            print(f"digest, DKIM {algorithm}: not measured: {trouble}")
        else:
            runs[f"digest, {algorithm}"] = partial(_run_ours, prepared, signing)
    results = interleaved(runs, options.repetitions)
    base = median(run.deliver / run.mails for run in results[_BASE])
    print_table(
        f"{options.connections} connections, {options.repetitions} interleaved repetitions; "
        f"ratios to {_BASE} by CPU of delivery, more is better",
        _HEADS,
        [_row(name, runs, base) for name, runs in results.items()],
    )


def _grow(folders: Sequence[Path]) -> None:
    """Run the product alone for growing numbers of readers."""
    rows = [_row(f"digest, {folder.name} readers", [_run_ours(folder)]) for folder in folders]
    print_table("Cost by size; a straight line has the same us and MiB in each row", _HEADS, rows)


def _run_ours(prepared: Path, settings: dict[str, str] | None = None) -> Run:
    with tempfile.TemporaryDirectory(dir=prepared.parent) as name, fast_sink() as sink:
        folder = workshop.copy(prepared, Path(name) / "run")
        ran = _sent(folder, sink, settings or {})
    facts = json.loads(ran.output)
    if ran.code or facts["sent"] != sink.taken["mails"] or sink.taken["errors"]:
        raise SystemExit(f"digest send: exit {ran.code}, {facts}, sink {sink.taken}: {ran.errors}")
    deliver_at = ran.spoke_at - facts["seconds"]["deliver"]
    compose_at = deliver_at - facts["seconds"]["compose"]
    return Run(
        mails=facts["sent"],
        bytes=sink.taken["bytes"],
        seconds=facts["seconds"]["deliver"],
        deliver=ran.cpu_until(ran.spoke_at) - ran.cpu_until(deliver_at),
        compose=ran.cpu_until(deliver_at) - ran.cpu_until(compose_at),
        start=ran.cpu_until(compose_at),
        peak_mib=ran.peak_mib,
    )


def _sent(folder: Path, sink: Sink, settings: dict[str, str]) -> Watched:
    command = [ours.command(), "send", "--no-harvest", "--json"]
    return watched(command, folder, workshop.at_port(sink.port) | settings)


def _refused(settings: dict[str, str], prepared: Path) -> str:
    """Return why the configuration does not take these settings, or ""."""
    command = [ours.command(), "send", "--no-harvest", "--dry-run", "--to", "reader0@example.com"]
    ran = watched(command, prepared, settings)
    return ran.errors.strip().splitlines()[0] if ran.code == _CONFIG_REFUSED else ""


def _usual(way: str) -> list[str]:
    return [sys.executable, "-m", "peers.usual", way]


def _run_peer(command: Sequence[str], mails: int, connections: int, *files: Path) -> Run:
    with fast_sink() as sink:
        words = [*command, *map(str, (sink.port, mails, connections, *files))]
        ran = subprocess.run(words, cwd=_HERE, capture_output=True, text=True, check=False)
    if ran.returncode or sink.taken["mails"] != mails:
        raise SystemExit(f"{' '.join(command)} failed:\n{ran.stderr[-1500:]}")
    facts = json.loads(ran.stdout)
    return Run(
        mails=mails, bytes=sink.taken["bytes"], seconds=facts["seconds"], deliver=facts["cpu"]
    )


def _row(name: str, runs: Sequence[Run], base: float = 0.0) -> list[str]:
    cost = median(run.deliver / run.mails for run in runs)
    composes = [run.compose / run.mails * 1e6 for run in runs]
    return [
        name,
        f"{runs[0].mails:,}",
        f"{runs[0].bytes / runs[0].mails / 1000:.1f}",
        spread([run.mails / run.seconds for run in runs]),
        spread([run.deliver / run.mails * 1e6 for run in runs]),
        f"{base / cost:.1f}" if base else "",
        spread(composes) if any(composes) else "",
        spread([run.start for run in runs], ".2f") if any(composes) else "",
        spread([run.peak_mib for run in runs]) if any(composes) else "",
    ]


if __name__ == "__main__":
    main()
