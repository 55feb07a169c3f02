"""What people install is whole: the wheel, in an environment of its own, far from the checkout."""

import os
import site
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

import digest

ROOT = Path(__file__).parents[2]
# How pip says that it could not get the build backend; a broken build says something else.
OFFLINE = ("No matching distribution found", "Connection", "Could not fetch", "Name or service")


def run(*command, cwd=ROOT):
    surroundings = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "COVERAGE", "DIGEST"))
    }
    return subprocess.run(  # noqa: S603 - our own programs
        command, cwd=cwd, env=surroundings, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries", "1"]
    built = run(*pip, "wheel", str(ROOT), "--no-deps", "--wheel-dir", str(out))
    offline = built.returncode and any(sign in built.stdout + built.stderr for sign in OFFLINE)
    if offline and os.environ.get("DIGEST_TEST_STRICT") != "1":
        pytest.skip("the build backend (hatchling) cannot be fetched: no package index in reach")
    assert built.returncode == 0, built.stderr
    [file] = out.iterdir()
    return file


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Return an environment that has the wheel, and borrows what the wheel depends on."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=True)
    own = home / "bin/python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(own)]
    done = run(*pip, "install", "--no-deps", "--no-index", str(wheel))
    assert done.returncode == 0, done.stderr
    [packages] = home.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    return home / "bin"


def test_wheel_has_templates_samples_and_the_mark_of_types(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    templates = {
        f"digest/{file.relative_to(ROOT)}"
        for file in (ROOT / "templates").rglob("*")
        if file.is_file()
    }

    assert len(templates) > 15
    assert templates <= names
    assert {"digest/py.typed", "digest/sample/papers.jsonl", "digest/sample/subscribers.toml"} <= (
        names
    )
    assert "digest/store/migrations/versions/0001_first_tables.py" in names
    assert {"digest/semantic/vocabulary.txt.gz", "digest/semantic/LICENSE.vocabulary"} <= names


def test_wheel_has_nothing_of_the_workshop(wheel):
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert tops == {"digest", f"papercourier-{digest.__version__}.dist-info"}
    assert not any("__pycache__" in name for name in zipfile.ZipFile(wheel).namelist())


def test_wheel_depends_on_what_the_project_says(wheel):
    archive = zipfile.ZipFile(wheel)
    metadata = archive.read(f"papercourier-{digest.__version__}.dist-info/METADATA").decode()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist: ")]
    assert len([line for line in required if "extra ==" not in line]) == len(
        project["dependencies"]
    )


def test_installed_command_runs_from_its_own_files(installed):
    told = run(str(installed / "digest"), "--version", cwd="/")
    place = run(str(installed / "python"), "-c", "import digest; print(digest.__file__)", cwd="/")

    assert (told.returncode, told.stdout) == (0, f"digest {digest.__version__}\n")
    assert place.stdout.startswith(str(installed.parent))


def test_installed_command_runs_the_demonstration(installed, tmp_path):
    done = run(str(installed / "digest"), "demo", "--out", str(tmp_path / "out"), cwd="/")

    assert (done.returncode, done.stderr) == (0, "")
    assert len(list((tmp_path / "out/mails").glob("*.html"))) == 6


def test_installed_command_makes_a_first_configuration(installed, tmp_path):
    done = run(str(installed / "digest"), "init", str(tmp_path / "mine"), cwd="/")

    assert (done.returncode, done.stderr) == (0, "")
    example = ROOT / "config.example.toml"
    assert (tmp_path / "mine/config.toml").read_bytes() == example.read_bytes()
