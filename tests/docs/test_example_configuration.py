"""The example configuration is what `init` writes, and works."""

import re

from digest.cli.app import run_command
from digest.config import load
from digest.wiring.new_config import Answers, render_config
from tests.documents import EXAMPLE, example, uncommented


def test_example_is_what_init_writes():
    assert example() == render_config(Answers())


def test_example_is_a_clean_configuration():
    config = load(EXAMPLE, environment={})

    assert [source.name for source in config.sources] == ["arxiv", "huggingface"]
    assert [reader.email for reader in config.subscribers] == ["ada@example.org"]


def test_example_with_every_comment_sign_removed_is_a_clean_configuration(tmp_path):
    (tmp_path / "config.toml").write_text(uncommented(example()), encoding="utf-8")
    for named in ("subscribers.toml", "refs.bib"):
        (tmp_path / named).write_text("", encoding="utf-8")

    config = load(tmp_path / "config.toml", environment={})

    assert config.smtp.host == "smtp.example.org"
    assert [source.name for source in config.sources] == ["arxiv", "huggingface", "nature", "file"]


def test_example_lines_are_not_too_long():
    assert max(map(len, example().splitlines())) <= 100


def test_example_delivers_papers_of_a_file_into_its_maildir(tmp_path, capsys):
    own = '[[sources]]\ntype = "file"\npath = "papers.jsonl"\n\n'
    text = re.sub(
        r"^\[\[sources\]\]\n.*(?=^# Readers:)", own, example(), flags=re.MULTILINE | re.DOTALL
    )
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    paper = '{"id": "2406.01234", "title": "Dense retrieval of letters", "published": null}\n'
    (tmp_path / "papers.jsonl").write_text(paper, encoding="utf-8")

    code = run_command(["send", "--config", str(tmp_path / "config.toml")])

    assert (code, capsys.readouterr().err) == (0, "")
    [mail] = (tmp_path / "outbox/new").iterdir()
    assert b"Dense retrieval of letters" in mail.read_bytes()
