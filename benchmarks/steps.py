"""Measure what each step of a delivery costs: microseconds of the processor a mail.

    python benchmarks/steps.py [--mails 500] [--connections 4]

Composed mails go through the product's own functions, all of them through one step, then all
through the next, into the fast sink. A step that the product does not have shows "-".
"""

import argparse
import os
import tempfile
from pathlib import Path
from statistics import median

import ours
import workshop
from measure import print_table, spread
from sinks.running import fast_sink

_PAPERS = 1_000


def main() -> None:
    """Print one line for each step."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mails", type=int, default=500)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--repetitions", type=int, default=3)
    options = parser.parse_args()
    costs: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        composed = folder / "composed"
        workshop.prepare(
            composed, readers=options.mails, papers=_PAPERS, connections=options.connections
        )
        ours.compose(composed / "config.toml")
        for _ in range(options.repetitions):
            run = workshop.copy(composed, folder / "run")
            for step, cost in _walk(run, options.mails):
                costs.setdefault(step, []).extend([] if cost is None else [cost * 1e6])
    rows = [(step, spread(of) if of else "-") for step, of in costs.items()]
    total = sum(median(of) for of in costs.values() if of)
    print_table(
        f"{options.mails} mails, {options.repetitions} repetitions",
        ("step", "us CPU a mail"),
        [*rows, ("together", f"{total:,.0f}")],
    )


def _walk(folder: Path, mails: int) -> list[tuple[str, float | None]]:
    with fast_sink() as sink:
        os.environ.update(workshop.at_port(sink.port))
        return list(ours.steps(folder / "config.toml", mails))


if __name__ == "__main__":
    main()
