"""The benchmarks start; what they measure is for people to read."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["rank_speed", "steps", "transport", "end_to_end"])
def test_benchmark_tells_what_it_takes(name):
    command = [sys.executable, ROOT / "benchmarks" / f"{name}.py", "--help"]

    told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (ours)

    assert "usage:" in told.stdout
