"""arXiv's categories, as of 2026: https://arxiv.org/category_taxonomy.

A category is an archive with a subject class (``cs.CL``), or an archive that has no classes
(``hep-th``). The archives that have some stand for all of them (``cs``).
"""

from typing import Final

from digest.core.meant import meant

CLASSES: Final[dict[str, tuple[str, ...]]] = {
    archive: tuple(classes.split())
    for archive, classes in {
        "astro-ph": "CO EP GA HE IM SR",
        "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
        "cs": (
            "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA "
            "NE NI OH OS PF PL RO SC SD SE SI SY"
        ),
        "econ": "EM GN TH",
        "eess": "AS IV SP SY",
        "gr-qc": "",
        "hep-ex": "",
        "hep-lat": "",
        "hep-ph": "",
        "hep-th": "",
        "math": (
            "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA "
            "RT SG SP ST"
        ),
        "math-ph": "",
        "nlin": "AO CD CG PS SI",
        "nucl-ex": "",
        "nucl-th": "",
        "physics": (
            "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph "
            "flu-dyn gen-ph geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph"
        ),
        "q-bio": "BM CB GN MN NC OT PE QM SC TO",
        "q-fin": "CP EC GN MF PM PR RM ST TR",
        "quant-ph": "",
        "stat": "AP CO ME ML OT TH",
    }.items()
}
"""The subject classes of each archive."""

_MERGED = {
    "acc-phys": "physics.acc-ph", "adap-org": "nlin.AO", "alg-geom": "math.AG",
    "ao-sci": "physics.ao-ph", "atom-ph": "physics.atom-ph", "bayes-an": "physics.data-an",
    "chao-dyn": "nlin.CD", "chem-ph": "physics.chem-ph", "cmp-lg": "cs.CL",
    "comp-gas": "nlin.CG", "dg-ga": "math.DG", "funct-an": "math.FA",
    "mtrl-th": "cond-mat.mtrl-sci", "patt-sol": "nlin.PS", "plasm-ph": "physics.plasm-ph",
    "q-alg": "math.QA", "solv-int": "nlin.SI", "supr-con": "cond-mat.supr-con",
}  # fmt: skip
"""Archives that take no papers any more, and where these go."""

_KNOWN = {
    name.casefold(): name
    for archive, classes in CLASSES.items()
    for name in (archive, *(f"{archive}.{each}" for each in classes))
}
_ALIKE, _ALIKE_IN_ARCHIVE = 0.7, 0.9  # any two classes of an archive are alike


def category(raw: str) -> str:
    """Return a category or an archive as arXiv writes it; the case is mended.

    Raises:
        ValueError: there is none of this name; the message says which may be meant.
    """
    folded = raw.strip().removesuffix(".*").casefold()
    if known := _KNOWN.get(folded):
        return known
    if now := _MERGED.get(folded):
        raise ValueError(f"takes no papers any more; allowed: {now}, which took its place")
    near = nearest(raw)
    guess = f", did you mean {near!r}?" if near else ";"
    raise ValueError(f"is no category of arXiv{guess} allowed: {_allowed(folded)}")


def is_known(raw: str) -> bool:
    """Tell whether a category or an archive is arXiv's, be it of former times."""
    folded = raw.strip().removesuffix(".*").casefold()
    return folded in _KNOWN or folded in _MERGED


def nearest(raw: str) -> str:
    """Return the category that may be meant by a name that arXiv does not know, or ""."""
    folded = raw.strip().removesuffix(".*").casefold()
    archive = folded.partition(".")[0]
    near = meant(folded, _KNOWN, alike=_ALIKE_IN_ARCHIVE if archive in CLASSES else _ALIKE)
    return _KNOWN.get(near, "")


def _allowed(folded: str) -> str:
    """Return the categories of the archive that was named, or where all of them are."""
    archive = folded.partition(".")[0]
    classes = CLASSES.get(archive, ())
    if "." in folded and archive in CLASSES:
        return ", ".join([archive, *(f"{archive}.{each}" for each in classes)])
    return "those of https://arxiv.org/category_taxonomy"
