"""The encoder: a sentence model that turns texts into vectors, on onnxruntime.

Mean over the tokens' states, then length one, as the sentence-transformers models of this
family are meant to be used (Reimers and Gurevych, "Sentence-BERT", 2019, section 3).
"""

import gzip
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.errors import EncoderError
from digest.semantic.model_file import check_installed, fingerprint, installed_model
from digest.semantic.wordpiece import WordPiece

_AT_ONCE = 16  # texts; more of them are no faster, and need more memory
_INPUTS = ("attention_mask", "input_ids", "token_type_ids")


class OnnxEncoder:
    """The ``Encoder`` port on an ONNX file of the BERT family, uncased.

    Attributes:
        name: tells apart the vectors of different models.

    Args:
        model: the file.
        threads: how many processor threads may work on it.

    Raises:
        EncoderError: the file cannot be used.
    """

    def __init__(self, model: Path, *, threads: int = 1) -> None:
        self.name = fingerprint(model)[:16]
        self._session = _session(model, threads)
        self._where = model
        self._words = WordPiece(vocabulary())
        self.encode(["a paper"])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See ``ports.Encoder``."""
        numbers = [self._words.numbers(text) for text in texts]
        by_length = sorted(range(len(texts)), key=lambda text: len(numbers[text]))
        parts = [
            (some, self._encoded([numbers[text] for text in some]))
            for some in _at_a_time(by_length, _AT_ONCE)
        ]
        if not parts:
            return np.zeros((0, 0), np.float32)
        vectors = np.empty((len(texts), parts[0][1].shape[1]), np.float32)
        for some, encoded in parts:
            vectors[some] = encoded
        return vectors

    def _encoded(self, numbers: list[list[int]]) -> NDArray[np.float32]:
        longest = max(map(len, numbers))
        tokens = np.array([each + [0] * (longest - len(each)) for each in numbers], np.int64)
        here = np.array([[1] * len(each) + [0] * (longest - len(each)) for each in numbers])
        states = self._run(tokens, here.astype(np.int64))
        sums = np.einsum("tls,tl->ts", states, here.astype(np.float32))
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        vectors: NDArray[np.float32] = (sums / np.maximum(lengths, 1e-12)).astype(np.float32)
        return vectors

    def _run(self, tokens: NDArray[np.int64], here: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the state of every token: texts x tokens x size."""
        given = dict(zip(_INPUTS, (here, tokens, np.zeros_like(tokens)), strict=True))
        try:
            (states, *_) = self._session.run(None, given)
        except Exception as error:  # noqa: BLE001 - onnxruntime's have no common root
            raise EncoderError(f"{self._where}: does not run: {_line(error)}") from None
        if np.ndim(states) != 3:  # noqa: PLR2004 - texts, tokens and states
            raise EncoderError(
                f"{self._where}: gives no state for each token; allowed: BERT models"
            )
        if not np.isfinite(states).all():
            raise EncoderError(f"{self._where}: gives numbers that are none")
        return np.asarray(states, np.float32)


def open_encoder(model: Path | None, *, threads: int = 1) -> OnnxEncoder:
    """Open a model; None takes the one that the extra ``semantic`` installs.

    Raises:
        EncoderError: the extra is missing, or the file is not what it should be.
    """
    if model is None:
        model = installed_model()
        check_installed(model)
    return OnnxEncoder(model, threads=threads)


def vocabulary() -> list[str]:
    """Return the pieces of words that BERT's uncased models know, by their number."""
    packed = files("digest.semantic").joinpath("vocabulary.txt.gz").read_bytes()
    return gzip.decompress(packed).decode("utf-8").splitlines()


def _session(model: Path, threads: int) -> Any:
    try:
        import onnxruntime  # noqa: PLC0415 - the extra may be missing
    except ImportError:
        raise EncoderError(
            "onnxruntime is missing; run `pip install 'papercourier[semantic]'`"
        ) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong is raised as well
    try:
        session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # noqa: BLE001 - onnxruntime's have no common root
        raise EncoderError(f"{model}: is no model to run: {_line(error)}") from None
    asked = sorted(each.name for each in session.get_inputs())
    if asked != sorted(_INPUTS):
        raise EncoderError(
            f"{model}: asks for {', '.join(asked)}; allowed: a model of {', '.join(_INPUTS)}"
        )
    return session


def _at_a_time(items: list[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
