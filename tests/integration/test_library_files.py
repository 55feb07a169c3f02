"""Files of a reader's bibliography come, change and go while the program runs."""

import os

import pytest

from digest.core.subscriber import Origin
from digest.wiring.libraries import Libraries
from tests.builders import a_subscriber

BIB = "@article{{k, title={{{}}}, author={{Lee, Cy}}, year=2020}}\n"


def test_file_that_was_never_there_is_trouble_until_it_comes(tmp_path):
    file, reader = tmp_path / "refs.bib", a_subscriber()
    libraries = Libraries({"ada@example.org": (file,)})
    assert libraries.trouble_of(reader) == (
        f"library {file}: cannot be read: No such file or directory"
    )
    file.write_text(BIB.format("Coral"))
    assert libraries.trouble_of(reader) == ""
    file.unlink()
    assert libraries.trouble_of(reader) == "", "what it held stands"


@pytest.fixture
def held(tmp_path):
    file = tmp_path / "refs.bib"
    file.write_text(BIB.format("Coral"))
    libraries = Libraries({"ada@example.org": (file,)})
    return file, lambda **fields: [p.title for p in libraries.papers_of(a_subscriber(**fields))]


def test_file_is_read_again_when_it_has_changed(held):
    file, titles = held
    assert titles() == ["Coral"]
    stat = file.stat()
    file.write_text(BIB.format("Reefs"))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert titles() == ["Coral"]  # nothing tells that it has changed
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert titles() == ["Reefs"]


def test_what_a_file_held_stands_while_nothing_can_be_read(held):
    file, titles = held
    assert titles() == ["Coral"]
    file.write_text("@article{k, title={being writ")
    assert titles() == ["Coral"]
    file.unlink()
    assert titles() == ["Coral"]
    file.write_text(BIB.format("Reefs and more"))
    assert titles() == ["Reefs and more"]


def test_library_is_that_of_the_file_s_reader_in_any_case(held):
    _, titles = held
    assert titles(email="ADA@example.org") == ["Coral"]
    assert titles(origin=Origin.WEB) == []
    assert titles(email="cy@example.org") == []
