"""The house keeps its own rules: layers, sizes, docstrings, and a core that opens nothing."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from digest.themes import load_theme
from tests.sealed_core import BREACHES

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "digest").rglob("*.py"))
MOST_LINES = 300
LONGER = {}  # module: why it may be longer


def named(module):
    return str(module.relative_to(ROOT))


def test_imports_keep_the_contracts():
    lint_imports = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run(  # noqa: S603 - our own tool
        [lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 broken" in ran.stdout


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_module_is_short_and_says_what_it_is_in_charge_of(module):
    text = module.read_text(encoding="utf-8")

    assert ast.get_docstring(ast.parse(text))
    assert named(module) in LONGER or len(text.splitlines()) <= MOST_LINES


def test_exceptions_are_still_needed():
    assert all(len((ROOT / name).read_text().splitlines()) > MOST_LINES for name in LONGER)


def sealed(*arguments, cwd):
    return subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-B", ROOT / "tests/sealed_core.py", *arguments],
        input=json.dumps(dict(load_theme("default").templates)),
        env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")}
        | {"PYTHONPATH": str(ROOT)},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_core_works_without_opening_anything(tmp_path):
    ran = sealed(cwd=tmp_path)

    assert ran.stderr == ""
    picks, size, state = ran.stdout.split()
    assert (int(picks), int(size) > 5_000, state) == (2, True, "sent")


@pytest.mark.parametrize("breach", BREACHES)
def test_breach_of_the_sealed_core_is_noticed(breach, tmp_path):
    ran = sealed(breach, cwd=tmp_path)

    assert ran.returncode == 1
    assert "PermissionError: the core" in ran.stderr
