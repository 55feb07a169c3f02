"""Run things one after the other so that a busy machine is fair to all, and print tables."""

import os
import resource
import statistics
import subprocess
import tempfile
import time
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

_Result = TypeVar("_Result")
_SAMPLE = 0.02
_TICKS = os.sysconf("SC_CLK_TCK")


def interleaved(
    runs: Mapping[str, Callable[[], _Result]], repetitions: int
) -> dict[str, list[_Result]]:
    """Run everything so many times: A B C, then C B A, then A B C again."""
    results: dict[str, list[_Result]] = {name: [] for name in runs}
    for repetition in range(repetitions):
        for name in list(runs) if repetition % 2 == 0 else list(runs)[::-1]:
            results[name].append(runs[name]())
    return results


@dataclass(slots=True)
class Spent:
    """What a block took: seconds by the clock and seconds of the processor."""

    seconds: float = 0.0
    cpu: float = 0.0


@contextmanager
def spent(of: int = resource.RUSAGE_SELF) -> Iterator[Spent]:
    """Measure this process over a block, or with ``RUSAGE_CHILDREN`` those that end in it."""
    result = Spent()
    began, before = time.perf_counter(), _cpu(of)
    yield result
    result.seconds, result.cpu = time.perf_counter() - began, _cpu(of) - before


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A command that ran to its end.

    Attributes:
        code: its exit code.
        output: its standard output.
        errors: its standard error.
        spoke_at: seconds from its start to the end of its output; what comes after that is
            the interpreter's farewell.
        peak_mib: the most memory that it held (VmHWM).
        samples: (seconds since its start, processor seconds of all threads until then).
    """

    code: int
    output: str
    errors: str
    spoke_at: float
    peak_mib: float
    samples: Sequence[tuple[float, float]]

    def cpu_until(self, seconds: float) -> float:
        """Return the processor seconds that it had used so long after its start."""
        times, used = zip(*self.samples, strict=True)
        at = min(max(bisect(times, seconds), 1), len(times) - 1)
        share = (seconds - times[at - 1]) / (times[at] - times[at - 1])
        return float(used[at - 1] + min(max(share, 0.0), 1.0) * (used[at] - used[at - 1]))


def watched(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Watched:
    """Run a command in a folder, and look at its time and memory while it runs."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        with ThreadPoolExecutor(1) as thread:
            heard = thread.submit(_heard, process.stdout)
            samples, peak = [(0.0, 0.0)], 0.0
            while process.poll() is None:
                peak = max(peak, peak_mib(process.pid))
                samples.append((time.perf_counter() - began, _cpu_so_far(process.pid)))
                time.sleep(_SAMPLE)
            output, spoke_at = heard.result()
        errors.seek(0)
        return Watched(
            code=process.returncode,
            output=output,
            errors=errors.read(),
            spoke_at=spoke_at - began,
            peak_mib=peak,
            samples=samples,
        )


def _heard(output: IO[str] | None) -> tuple[str, float]:
    """Read all that a process prints; return it with the moment of its last line."""
    text, last = "", time.perf_counter()
    for line in output or ():
        text, last = text + line, time.perf_counter()
    return text, last


def peak_mib(pid: int | str = "self") -> float:
    """Return the most memory that a process has held so far (VmHWM), 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    peaks = [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")]
    return peaks[0] if peaks else 0.0


def spread(values: Sequence[float], form: str = ",.0f") -> str:
    """Return the median with the smallest and the greatest value: ``12 (10-15)``."""
    middle = format(statistics.median(values), form)
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):{form}}-{max(values):{form}})"


def print_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their heads: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    print(f"\n{title}")
    for row in (heads, *rows):
        first, *others = (
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join((first, *others)).rstrip(), flush=True)


def _cpu(of: int) -> float:
    usage = resource.getrusage(of)
    return usage.ru_utime + usage.ru_stime


def _cpu_so_far(pid: int) -> float:
    """Return a running process's processor seconds: proc_pid_stat(5), fields 14 and 15."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS
