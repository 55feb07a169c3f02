"""Splits a line of names as feeds write them into one name each."""

import re
from collections.abc import Iterator

_OPEN, _CLOSE = "([{", ")]}"
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV)\.?", re.IGNORECASE)
_REST = re.compile(r"(?:and )?(?:et\.? al\b|others$|\(?\d+ additional authors).*", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]{1,3}\.?[ -]?){1,3}")
_FAMILY_FIRST = re.compile(r"[^\s,]+, [^,]+")


def split_names(line: str) -> list[str]:
    """Split at commas, or at semicolons where there are any.

    A comma inside brackets or TeX braces belongs to an affiliation or an accent; an
    affiliation in round brackets is dropped, "Jr." stays with its name, "et al." is nobody.
    """
    separator = ";" if ";" in line else ","
    parts = list(_outside_brackets(line, separator))
    names: list[str] = []
    for part in parts:
        name = _without_affiliation(part)
        if _SUFFIX.fullmatch(name) and names:
            names[-1] = f"{names[-1]}, {name}"
        elif name and not _REST.fullmatch(name):
            names.append(name)
    return names


def split_loose_names(line: str) -> list[str]:
    """Split a line whose style is not known, as publishers' feeds have them.

    Besides "First Last, First Last and First Last" there are "Last, First" for one person,
    "Last, F., Last, F." and "Last, First; Last, First".
    """
    if ";" in line:
        return [given_name_first(name) for name in split_names(line)]
    names = split_names(re.sub(r",? (?:and|&) ", ", ", line))
    families, givens = names[::2], names[1::2]
    if len(families) == len(givens) and all(map(_are_initials, givens)):
        return [f"{given} {family}" for family, given in zip(families, givens, strict=True)]
    return names if len(names) > 2 else _one_or_two(line, names)  # noqa: PLR2004 - its name


def given_name_first(name: str) -> str:
    """Turn "Last, First" round; any other name stays as it is."""
    family, comma, given = name.partition(", ")
    is_turned = comma and "," not in given and not _SUFFIX.fullmatch(given)
    return f"{given} {family}" if is_turned else name


def _are_initials(text: str) -> bool:
    return text.isupper() and _INITIALS.fullmatch(text) is not None


def _one_or_two(line: str, names: list[str]) -> list[str]:
    return [given_name_first(line)] if _FAMILY_FIRST.fullmatch(line) else names


def _outside_brackets(line: str, separator: str) -> Iterator[str]:
    """Yield what stands between separators; brackets that do not pair up are plain text."""
    if any(
        line.count(left) != line.count(right) for left, right in zip(_OPEN, _CLOSE, strict=True)
    ):
        yield from line.split(separator)
        return
    depth = start = 0
    for at, character in enumerate(line):
        depth += (character in _OPEN) - (character in _CLOSE)
        if character == separator and depth == 0 and line[at - 1 : at] != "\\":
            yield line[start:at]
            start = at + 1
    yield line[start:]


def _without_affiliation(part: str) -> str:
    """Drop round brackets at the end; those inside a name are its owner's wish."""
    name = part.strip()
    if not name.endswith(")"):
        return name
    depth = 0
    for at in range(len(name) - 1, -1, -1):
        depth += (name[at] == ")") - (name[at] == "(")
        if depth == 0 and name[at] not in "( ":
            return name[: at + 1]
    return name if depth else ""
