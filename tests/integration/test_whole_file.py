"""Files are written whole or not at all, and a failure names the file that was meant."""

import errno
import os
import stat
from pathlib import Path

import pytest

from digest.config import load
from digest.whole_file import write_new, write_whole
from digest.wiring.secret_files import make_key_file


@pytest.fixture
def full_disk(monkeypatch):
    def refuse(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", refuse)


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_file_takes_the_place_of_an_older_one(tmp_path):
    file = tmp_path / "run.tsv"
    write_whole(file, [b"old\n"])
    write_whole(file, [b"a\n", b"b\n"])
    assert file.read_bytes() == b"a\nb\n"
    assert names(tmp_path) == ["run.tsv"]


@pytest.mark.usefixtures("full_disk")
def test_full_disk_leaves_the_older_file_and_is_named(tmp_path):
    file = tmp_path / "run.tsv"
    file.write_text("old")
    with pytest.raises(OSError, match="No space left") as caught:
        write_whole(file, [b"new"])
    assert caught.value.filename == str(file)
    assert names(tmp_path) == ["run.tsv"]
    assert file.read_text() == "old"


def test_trouble_half_way_leaves_nothing_behind(tmp_path):
    def parts():
        yield b"half"
        raise KeyError("the other half")

    with pytest.raises(KeyError):
        write_whole(tmp_path / "run.tsv", parts())
    assert names(tmp_path) == []


def test_new_file_is_its_owner_s_alone_and_never_written_over(tmp_path):
    file = tmp_path / "secret.key"
    assert write_new(file, b"first")
    assert not write_new(file, b"second")
    assert file.read_bytes() == b"first"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert names(tmp_path) == ["secret.key"]


@pytest.mark.parametrize("trouble", [FileExistsError, PermissionError])
def test_new_file_of_another_process_stays(tmp_path, monkeypatch, trouble):
    file = tmp_path / "secret.key"

    def other_was_first(_partial, _path):
        file.write_bytes(b"theirs")
        raise trouble

    monkeypatch.setattr("os.link", other_was_first)
    assert not write_new(file, b"ours")
    assert file.read_bytes() == b"theirs"


def test_new_file_is_written_where_there_are_no_hard_links(tmp_path, monkeypatch):
    def no_links(_partial, _path):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr("os.link", no_links)
    assert write_new(tmp_path / "secret.key", b"ours")
    assert names(tmp_path) == ["secret.key"]


def test_empty_key_of_an_earlier_full_disk_counts_as_none(tmp_path):
    (tmp_path / "config.toml").touch()
    (tmp_path / "secret.key").touch()
    config = load(tmp_path / "config.toml", {})
    assert make_key_file(config)
    assert not make_key_file(config)


def test_full_device_is_named_too():
    with pytest.raises(OSError, match="No space left") as caught:
        write_whole(Path("/dev/full"), [b"line\n"])
    assert caught.value.filename == "/dev/full"


def test_folder_that_cannot_be_synchronised_is_no_failure(tmp_path, monkeypatch):
    def files_only(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr("os.fsync", files_only)
    write_whole(tmp_path / "run.tsv", [b"line"])
    assert names(tmp_path) == ["run.tsv"]
