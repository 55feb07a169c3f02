"""Secrets: made when missing, refused when others can read them, never shown."""

import stat

import pytest

from digest.config import load
from digest.errors import ConfigError
from digest.wiring.secret_files import (
    exposed_passwords,
    imap_password,
    key_ring,
    make_key_file,
    relay_password,
    report_password,
)

SMTP = '[smtp]\nhost = "localhost"\nsender = "d@example.org"\nusername = "u"\n'


@pytest.fixture
def config_with(tmp_path):
    def make(text="", environment=None):
        path = tmp_path / "config.toml"
        path.write_text(text)
        return load(path, environment or {})

    return make


def password_of(config):
    return relay_password(config, config.smtp, "smtp")


def test_key_is_made_once_for_its_owner_alone(config_with, tmp_path):
    ring = key_ring(config_with())
    again = key_ring(config_with())
    mode = stat.S_IMODE((tmp_path / "secret.key").stat().st_mode)
    assert ring.keys == again.keys
    assert len(ring.keys[0]) == 32
    assert mode == 0o600
    assert not make_key_file(config_with())


def test_older_keys_stay_valid_below_the_new_one(config_with, tmp_path):
    (tmp_path / "secret.key").touch(mode=0o600)
    (tmp_path / "secret.key").write_text("aa" * 16 + "\n" + "bb" * 16 + "\n")
    assert key_ring(config_with()).keys == (b"\xaa" * 16, b"\xbb" * 16)


@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        ("aa" * 16, 0o644, "others can read it; run `chmod 600"),
        ("not hexadecimal", 0o600, "holds no keys; allowed: hexadecimal, one a line"),
        ("", 0o600, "holds no key of 16 bytes or more; `digest init` makes one"),
        ("aabb", 0o600, "holds no key of 16 bytes or more; `digest init` makes one"),
    ],
)
def test_a_key_file_that_cannot_be_trusted_is_refused(
    config_with, tmp_path, content, mode, problem
):
    (tmp_path / "secret.key").write_text(content)
    (tmp_path / "secret.key").chmod(mode)
    with pytest.raises(ConfigError, match=r"digest\.secret_key_file: .*secret\.key: ") as caught:
        key_ring(config_with())
    assert problem in str(caught.value)


def test_a_key_file_that_cannot_be_written_is_named(config_with, tmp_path):
    (tmp_path / "file").touch()
    config = config_with('[digest]\nsecret_key_file = "file/secret.key"')
    with pytest.raises(ConfigError, match="cannot be written"):
        key_ring(config)


def test_a_folder_in_place_of_the_key_is_named(config_with, tmp_path):
    (tmp_path / "secret.key").mkdir(mode=0o700)
    with pytest.raises(ConfigError, match="is a folder; allowed: a file"):
        key_ring(config_with())


def test_password_comes_from_a_file_without_its_line_end(config_with, tmp_path):
    (tmp_path / "pw").write_text("hush hush\n")
    assert password_of(config_with(SMTP + 'password_file = "pw"')) == "hush hush"


def test_password_comes_from_a_variable(config_with, monkeypatch):
    monkeypatch.setenv("RELAY_PASSWORD", "hush")
    assert password_of(config_with(SMTP + 'password_env = "RELAY_PASSWORD"')) == "hush"


def test_password_comes_from_the_overriding_environment(config_with):
    config = config_with(SMTP, {"DIGEST_SMTP__PASSWORD": "hush"})
    assert password_of(config) == "hush"


def test_a_relay_without_login_needs_no_password(config_with):
    assert password_of(config_with(SMTP.replace('username = "u"\n', ""))) == ""


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ('password_env = "NOT_SET_AT_ALL"', "smtp.password_env: the variable NOT_SET_AT_ALL is"),
        ('password_file = "none"', "no such file; put the password in it, mode 600"),
        ('password_file = "empty"', "is empty"),
        ('password_file = "folder"', "cannot be read"),
    ],
)
def test_a_password_that_is_not_there_is_named(config_with, tmp_path, setting, problem):
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigError, match=r"smtp\.password_") as caught:
        password_of(config_with(SMTP + setting))
    assert problem in str(caught.value)


def test_the_mailbox_s_password_comes_from_the_same_three_places(config_with, tmp_path):
    assert imap_password(config_with()) == ""
    imap = '[bounces.imap]\nhost = "localhost"\nusername = "b"\n'
    (tmp_path / "pw").write_text("from file\n")
    assert imap_password(config_with(f'{imap}password_file = "pw"')) == "from file"
    given = {"DIGEST_BOUNCES__IMAP__PASSWORD": "from environment"}
    config = config_with(imap, given)
    assert imap_password(config) == "from environment"
    assert "from environment" not in repr(config)
    with pytest.raises(ConfigError, match=r"bounces\.imap\.password_file: .*no such file"):
        imap_password(config_with(f'{imap}password_file = "none"'))
    with pytest.raises(ConfigError, match=r"bounces\.imap\.password_env: the variable NONE"):
        imap_password(config_with(f'{imap}password_env = "NONE"'))


def test_the_operator_s_password_comes_from_a_variable_too(config_with, tmp_path):
    (tmp_path / "config.toml").write_text("")
    config = load(tmp_path / "config.toml", {"DIGEST_WEB__REPORT__PASSWORD": "hush hush"})
    assert report_password(config) == "hush hush"
    assert "hush" not in repr(config)
    assert report_password(config_with("")) == ""


@pytest.mark.parametrize("password", ["", "seven77"])
def test_a_password_that_guards_too_little_is_refused(tmp_path, password):
    (tmp_path / "config.toml").write_text("")
    config = load(tmp_path / "config.toml", {"DIGEST_WEB__REPORT__PASSWORD": password})
    with pytest.raises(ConfigError, match=r"config\.toml: web\.report: the password is too short"):
        report_password(config)


def test_a_password_file_that_others_can_read_is_remarked_on(config_with, tmp_path):
    files = {name: tmp_path / name for name in ("relay", "report")}
    config = config_with(f'{SMTP}password_file = "relay"\n[web.report]\npassword_file = "report"\n')
    assert [*exposed_passwords(config)] == []  # there are none yet
    for file in files.values():
        file.write_text("correct horse")
        file.chmod(0o640)
    assert [*exposed_passwords(config)] == [
        f"{file}: others can read it; run `chmod 600 {file}`" for file in files.values()
    ]
    files["relay"].chmod(0o600)
    assert len([*exposed_passwords(config)]) == 1
