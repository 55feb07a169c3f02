"""Telling TeX from text that only looks like it: prices, paths, options, sets, templates."""

import re

_WORDS = re.compile(r"[A-Za-z]{3,}\s+[A-Za-z]{2,}")
_WORD = re.compile(r"[A-Za-z]{2}")
_PROTECTED = re.compile(r"[\w.+/-]*[A-Z][\w.+/-]*|[,.;:-]")
_NO_TIE_AFTER = frozenset("/=(<>:[")


def is_formula(content: str, following: str) -> bool:
    """Tell a formula between two dollar signs from prices.

    Prices have white space at a border, or digits on both sides of the second sign (the rule
    of Pandoc's ``tex_math_dollars``), or words between them.

    Args:
        content: what is between the signs.
        following: the character after the second one.
    """
    bare = content.strip()
    if content.count("{") != content.count("}"):
        return False
    if not bare or "\\" in bare or "^" in bare:
        return bool(content)
    if bare[0].isdigit() and (following.isdigit() or content[-1].isspace()):
        return False
    return not _WORDS.search(bare) and (bare == content or not _WORD.search(bare))


def is_wanted_brace(content: str, *, before: str, after: str) -> bool:
    """Tell braces that a reader should see, of sets, code and templates, from TeX's and BibTeX's.

    TeX's hold macros; BibTeX's protect capitals in a word, join letters, or hold a whole title.

    Args:
        content: what is within.
        before: the character before the opening brace.
        after: the character after the closing one.
    """
    joins = content.isalpha() and (before.isalpha() or after.isalpha())
    whole = not before and not after and " " in content and content.lstrip("{")[:1].isalnum()
    protects = _PROTECTED.fullmatch(content) and before != "$"
    return not ("\\" in content or protects or joins or whole)


def is_tie(text: str, at: int) -> bool:
    """Tell a space that must not break (``Fig.~3``) from "about" (~50, z~4) and from paths."""
    before, after = text[max(at - 1, 0) : at], text[at + 1 : at + 2]
    if not before.strip() or not after.strip() or before in _NO_TIE_AFTER:
        return False
    lone = before.isalnum() and not text[max(at - 2, 0) : at - 1].isalnum()
    return not (after.isdigit() and (before.isdigit() or lone))


def is_path(name: str, before: str, after: str) -> bool:
    r"""Tell a macro that nobody knows from a path (``C:\Users``) or an escape (``\n``)."""
    return after != "{" and (len(name) == 1 or before.isalnum() or before in {":", "\\"})


def dash(hyphens: str, *, before: str, after: str) -> str:
    """Return the dash that hyphens stand for; those of an option (``--flag``) stay."""
    if hyphens == "---":
        return "—"
    is_option = not before.strip() and bool(after.strip())
    return hyphens if hyphens != "--" or is_option else "–"
