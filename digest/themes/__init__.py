"""Themes: finding a folder of templates, reading it, making a value of it."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast

from jinja2 import Environment, TemplateSyntaxError

from digest.core.render import Theme
from digest.core.render.theme import HTML_PARTS, STYLES, TEXT_PARTS
from digest.errors import ThemeError
from digest.themes.inlining import inline

_PACKAGED = Path(__file__).parents[1] / "templates"  # a wheel has them inside the package
_CHECKOUT = Path(__file__).parents[2] / "templates"
_MANIFEST = "theme.toml"
_KEYS = frozenset({"base", "description"})


def load_theme(name: str, *, folders: Sequence[Path] = ()) -> Theme:
    """Read a theme and inline its CSS.

    Args:
        name: the folder's name.
        folders: where to look first; then among the themes that come with the program.

    Raises:
        ThemeError: there is no such theme, it lacks a part, or a part is no template;
            one line that names the file.
    """
    parts = _checked(name, folders)
    templates = {part: parts[part] for part in (*HTML_PARTS, *TEXT_PARTS)}
    try:
        inlined = inline(
            {part: parts[part] for part in HTML_PARTS},
            style=parts["style.css"],
            screen=parts["screen.css"],
        )
    except ThemeError as error:
        raise ThemeError(f"theme {name}: {error}") from error
    return Theme(name=name, templates=templates | inlined)


def check_theme(name: str, *, folders: Sequence[Path] = ()) -> None:
    """See whether a theme is there, whole, and made of templates; ``load_theme`` takes longer.

    Raises:
        ThemeError: as ``load_theme`` does, but for what is wrong with its CSS.
    """
    _checked(name, folders)


def template_folder() -> Path:
    """Return the folder of the templates that come with the program."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def _checked(name: str, folders: Sequence[Path]) -> Mapping[str, str]:
    parts = _read(name, (*folders, template_folder()))
    _check_syntax(name, {part: parts[part] for part in (*HTML_PARTS, *TEXT_PARTS)})
    return parts


def _read(name: str, places: Sequence[Path]) -> Mapping[str, str]:
    """Return a theme's parts; those it does not have come from its base, and its base's."""
    folder = _find(name, places)
    parts, seen = _files(folder, name), [name]
    while base := _base(folder, seen[-1]):
        if base in seen:
            raise ThemeError(f"theme {name}: base = {base!r} leads back to {' → '.join(seen)}")
        folder = _find(base, places)
        parts = _files(folder, base) | parts
        seen.append(base)
    if missing := [part for part in (*HTML_PARTS, *TEXT_PARTS, *STYLES) if part not in parts]:
        raise ThemeError(
            f"theme {name}: {', '.join(missing)} missing;"
            f' base = "default" in its {_MANIFEST} takes what is missing from there'
        )
    return parts


def _find(name: str, places: Sequence[Path]) -> Path:
    known = _names(places)
    if name not in known:
        raise ThemeError(
            f"theme {name}: there is no folder of that name with a {_MANIFEST};"
            f" there are: {', '.join(sorted(known))}"
        )
    return known[name]


def _names(places: Iterable[Path]) -> dict[str, Path]:
    """Return every theme's folder by name; an earlier place wins."""
    found: dict[str, Path] = {}
    for place in places:
        for folder in place.iterdir() if place.is_dir() else ():
            if folder.is_dir() and (folder / _MANIFEST).is_file():
                found.setdefault(folder.name, folder)
    return found


def _files(folder: Path, name: str) -> dict[str, str]:
    parts = {}
    for part in (*HTML_PARTS, *TEXT_PARTS, *STYLES):
        file = folder / part
        if file.is_file():
            parts[part] = _text(file, name)
    return parts


def _text(file: Path, name: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ThemeError(f"theme {name}: {file.name}: not UTF-8 at byte {error.start}") from error


def _base(folder: Path, name: str) -> str:
    """Return what theme a theme builds on, or ""."""
    try:
        manifest = tomllib.loads(_text(folder / _MANIFEST, name))
    except tomllib.TOMLDecodeError as error:
        raise ThemeError(f"theme {name}: {_MANIFEST}: {error}") from error
    for key, value in manifest.items():
        if key not in _KEYS or not isinstance(value, str):
            raise ThemeError(
                f"theme {name}: {_MANIFEST}: {key}: allowed are the texts base, description"
            )
    return cast("str", manifest.get("base", ""))


def _check_syntax(name: str, templates: Mapping[str, str]) -> None:
    environment = Environment(autoescape=True)
    for part, source in templates.items():
        try:
            environment.parse(source, part)
        except TemplateSyntaxError as error:
            raise ThemeError(f"theme {name}: {part}:{error.lineno}: {error.message}") from error
