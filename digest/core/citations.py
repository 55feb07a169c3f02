"""Papers for reference managers: BibTeX, RIS and CSL-JSON.

https://www.bibtex.org/Format/, RIS as Zotero and EndNote read it, and the schema of
https://docs.citationstyles.org/ for JSON. All text in them is text: nothing ends a field early.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from digest.core.paper import Paper
from digest.core.person_names import PersonName, person_name
from digest.core.text import clean, safe_url

_TEX = {character: f"\\{character}" for character in "{}%#$&_"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_NO_KEY = re.compile(r"[^A-Za-z0-9:._/-]+")
_PREPRINT = "article"


class Format(NamedTuple):
    """A way to write papers: how it is named in HTTP and in a file, and what writes it."""

    media_type: str
    ending: str
    write: Callable[[Sequence[Paper]], str]


def bibtex(papers: Iterable[Paper]) -> str:
    """Write papers as BibTeX, in UTF-8, as biber and Zotero read it."""
    return "\n".join(map(_bibtex_entry, papers))


def ris(papers: Iterable[Paper]) -> str:
    """Write papers as RIS."""
    return "".join(map(_ris_record, papers))


def csl_json(papers: Iterable[Paper]) -> str:
    """Write papers as CSL-JSON."""
    return json.dumps([_csl_item(paper) for paper in papers], ensure_ascii=False, indent=1) + "\n"


FORMATS: Mapping[str, Format] = {
    "bibtex": Format("application/x-bibtex", "bib", bibtex),
    "ris": Format("application/x-research-info-systems", "ris", ris),
    "csl": Format("application/vnd.citationstyles.csl+json", "json", csl_json),
}


def _bibtex_entry(paper: Paper) -> str:
    is_arxiv = paper.id.scheme == "arxiv"
    fields = {
        "title": f"{{{_tex(paper.title)}}}",
        "author": " and ".join(map(_bibtex_name, _authors(paper))),
        "year": f"{paper.published:%Y}" if paper.published else "",
        "month": f"{paper.published.month}" if paper.published else "",
        "eprint": paper.id.key if is_arxiv else "",
        "archiveprefix": "arXiv" if is_arxiv else "",
        "primaryclass": _tex(paper.categories[0]) if is_arxiv and paper.categories else "",
        "doi": _tex(_doi(paper)),
        "url": _url(paper).replace("{", "%7B").replace("}", "%7D"),
        "abstract": _tex(paper.abstract),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{_NO_KEY.sub('-', paper.id)},", *lines, "}", ""])


def _ris_record(paper: Paper) -> str:
    pairs = [
        ("TY", "JOUR" if _doi(paper) and paper.id.scheme != "arxiv" else "GEN"),
        ("ID", clean(paper.id)),
        ("TI", clean(paper.title)),
        *(("AU", _ris_name(name)) for name in _authors(paper)),
        ("PY", f"{paper.published:%Y}" if paper.published else ""),
        ("DA", f"{paper.published:%Y/%m/%d}" if paper.published else ""),
        ("DO", _doi(paper)),
        ("UR", _url(paper)),
        ("AB", clean(paper.abstract)),
    ]
    lines = [f"{tag}  - {value}\r\n" for tag, value in pairs if value]
    return "".join([*lines, "ER  - \r\n"])


def _csl_item(paper: Paper) -> dict[str, object]:
    day = paper.published
    item: dict[str, object] = {
        "id": clean(paper.id),
        "type": _PREPRINT,
        "title": clean(paper.title),
        "author": [*map(_csl_name, _authors(paper))],
        "issued": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
        "DOI": _doi(paper),
        "URL": _url(paper),
        "abstract": clean(paper.abstract),
    }
    return {name: value for name, value in item.items() if value}


def _bibtex_name(name: PersonName) -> str:
    """Write "von Last, Jr, First"; a name without parts in braces, which keep it whole."""
    if not name.given:
        return f"{{{_tex(name.family)}}}"
    return ", ".join(_tex(part) for part in (name.family, name.suffix, name.given) if part)


def _ris_name(name: PersonName) -> str:
    return ", ".join(part for part in (name.family, name.given, name.suffix) if part)


def _csl_name(name: PersonName) -> dict[str, str]:
    if not name.given:
        return {"literal": name.family}
    return {part: value for part, value in name._asdict().items() if value}


def _authors(paper: Paper) -> list[PersonName]:
    return [person_name(name) for author in paper.authors if (name := clean(author))]


def _doi(paper: Paper) -> str:
    """Return the paper's DOI, which may stand in its id alone."""
    return clean(paper.doi) or (clean(paper.id.key) if paper.id.scheme == "doi" else "")


def _url(paper: Paper) -> str:
    return safe_url(paper.url)


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in clean(text))
