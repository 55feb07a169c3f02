"""Examples in the documents run, and the library gives what they promise."""

import os
import re
import subprocess
import sys
import tomllib

import pytest

import digest
from tests.documents import PAGES, ROOT


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def of_pages(language):
    return [
        pytest.param(block, id=f"{file.relative_to(ROOT)}-{number}")
        for file in PAGES
        for number, block in enumerate(blocks(file.read_text(encoding="utf-8"), language), start=1)
    ]


@pytest.mark.parametrize("block", of_pages("python"))
def test_python_in_the_documents_runs(block, tmp_path):
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-"],
        input=block,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.stderr == ""
    assert ran.returncode == 0
    assert "Dense Passage Retrieval" in ran.stdout


@pytest.mark.parametrize("block", of_pages("toml"))
def test_toml_in_the_documents_is_toml(block):
    assert tomllib.loads(block)


def test_there_are_examples_to_try():
    assert of_pages("python")
    assert of_pages("toml")


def test_library_gives_every_name_that_it_promises():
    assert all(getattr(digest, name) for name in digest.__all__)
    with pytest.raises(AttributeError, match="no attribute 'recommend'"):
        digest.recommend  # noqa: B018 - asking is the test


def test_importing_the_library_loads_nothing_else():
    code = "import sys, digest; print(*[name for name in sys.modules if 'digest.' in name])"
    ran = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert ran.stdout.split() == []
