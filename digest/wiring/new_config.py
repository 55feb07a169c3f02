"""Write a first configuration, commented, from what the user answered."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from digest.core.arxiv_categories import category
from digest.errors import ConfigError
from digest.themes import template_folder
from digest.whole_file import write_new

_LAST_PORT = 65_535
_SECURITY = ("starttls", "tls", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a first configuration is made from.

    Attributes:
        name: the list's name.
        email: the first reader.
        reader: how to greet them, or "".
        interests: what they care about.
        timezone: IANA name.
        categories: arXiv categories to harvest.
        smtp_host: the relay; "" delivers into a Maildir.
        smtp_port: its port.
        smtp_security: starttls, tls or none.
        smtp_username: for AUTH, or "".
        sender: "Name <address>".
    """

    name: str = "Trending papers"
    email: str = "ada@example.org"
    reader: str = "Ada"
    interests: Sequence[str] = ("retrieval-augmented generation", "dense retrieval")
    timezone: str = "UTC"
    categories: Sequence[str] = ("cs.CL", "cs.IR")
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_username: str = ""
    sender: str = "Trending papers <digest@example.org>"


def check_category(answer: str) -> None:
    """Raise ValueError unless it is a category of arXiv's."""
    try:
        category(answer)
    except ValueError as error:
        raise ValueError(f"{answer!r} {error}") from None


def check_port(answer: str) -> None:
    """Raise ValueError unless it is the number of a port."""
    if not (answer.isdecimal() and 0 < int(answer) <= _LAST_PORT):
        raise ValueError(f"{answer!r} is no port; allowed: 1 to {_LAST_PORT}")


def check_security(answer: str) -> None:
    """Raise ValueError unless it is a kind of security that a relay may have."""
    if answer not in _SECURITY:
        raise ValueError(f"{answer!r} is none; allowed: {', '.join(_SECURITY)}")


def render_config(answers: Answers) -> str:
    """Return the text of a configuration file."""
    source = (template_folder() / "config" / "config.toml.j2").read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701 - TOML, not HTML
    environment.filters["toml"] = _toml
    return environment.from_string(source).render(asdict(answers))


def write_config(path: Path, answers: Answers) -> None:
    """Write a configuration that only its owner can read; never over an existing file.

    Raises:
        ConfigError: there is a file already, or it cannot be written.
    """
    text = render_config(answers)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError([f"{path.parent}: cannot be made: {error.strerror}"]) from None
    try:
        is_written = write_new(path, text.encode())
    except OSError as error:
        raise ConfigError([f"{path}: cannot be written: {error.strerror}"]) from None
    if not is_written:
        raise ConfigError([f"{path}: is there already; remove it to begin anew"])


def _toml(value: object) -> str:
    """Write a string or a list of strings as TOML; basic strings are JSON's but for DEL."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Sequence):
        return f"[{', '.join(_toml(part) for part in value)}]"
    raise TypeError(f"not a string or a list of them: {type(value).__name__}")
