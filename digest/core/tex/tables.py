"""What TeX's names stand for: symbols, accents, small raised and lowered characters.

The bulk of the symbols comes from pylatexenc's tables; here is what those lack or spell
otherwise than a line of text wants it.
"""

# ruff: noqa: RUF001, SIM905 - symbols that look like letters are meant; lists read as words

from functools import lru_cache

_EXTRA_SYMBOLS = {
    "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX", "LaTeXe": "LaTeX2e",
    "ne": "≠", "lt": "<", "gt": ">", "land": "∧", "lor": "∨", "iff": "⟺", "implies": "⟹",
    "gets": "←", "epsilon": "ε", "prime": "′", "cdots": "…", "degree": "°", "arcdeg": "°",
    "deg": "°", "arcmin": "′", "arcsec": "″", "Box": "□", "blacksquare": "■", "triangle": "△",
    "Re": "Re", "Im": "Im", "mod": "mod", "bmod": "mod", "dim": "dim", "det": "det", "ker": "ker",
    "gcd": "gcd", "arg": "arg", "argmax": "argmax", "argmin": "argmin", "Pr": "Pr", "lg": "lg",
    "checkmark": "✓", "ddag": "‡", "S": "§", "pounds": "£", "copyright": "©", "|": "‖",
    "lbrack": "[", "rbrack": "]", "colon": ":", "og": "«", "fg": "»", "item": "•", "textbar": "|",
    "textless": "<", "textgreater": ">", "textasciicircum": "^", "textunderscore": "_",
    "Msun": "M⊙", "msun": "M⊙", "Lsun": "L⊙", "Rsun": "R⊙", "Zsun": "Z⊙", "sun": "☉",
    "micron": "µm", "angstrom": "Å", "per": "/", "eg": "e.g.", "ie": "i.e.", "etal": "et al.",
    "(": "(", ")": ")", "[": "[", "]": "]",
    "newline": " ", "par": " ", "quad": " ", "qquad": " ", "enspace": " ", "space": " ",
    "hfill": " ", "thinspace": " ", "thickspace": " ", "medspace": " ", "negthinspace": "",
    "~": "~", "\\": " ", ">": " ", "%": "%", "/": "", "-": "", "@": "",
}  # fmt: skip

SILENT = frozenset(
    "it bf em rm tt sc sf sl cal mit itshape bfseries upshape scshape ttfamily sffamily rmfamily"
    " mdseries normalfont boldmath unboldmath tiny scriptsize footnotesize small normalsize large"
    " Large LARGE huge Huge displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits"
    " left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm Bigm"
    " xspace noindent centering smallskip medskip bigskip newpage hline protect relax ignorespaces"
    " nonumber notag allowbreak nobreak linebreak sloppy romannumeral maketitle".split()
)
"""Macros that change the look of what follows, and say nothing themselves."""

TEXT_LETTERS = frozenset("ss l L o O ae AE oe OE aa AA i j dh DH th TH dj DJ ng NG".split())
"""Macros for letters: the space after one only ends its name."""

ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "u": "\u0306",
    "v": "\u030c", "d": "\u0323", "b": "\u0331", "t": "\u0361",
}  # fmt: skip

MATH_ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303",
    "bar": "\u0304", "overline": "\u0304", "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308",
    "check": "\u030c", "breve": "\u0306", "acute": "\u0301", "grave": "\u0300",
    "mathring": "\u030a",
}  # fmt: skip

_RAISED = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθ⊤⊥∗*∘°′″†‡⋆★",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿᵀ⊥**°°′″†‡⋆★",
        strict=True,
    )
)
_LOWERED = dict(
    zip(
        "0123456789+-−=()aehijklmnoprstuvxβγρφχ⊙☉★⋆⊕*∗",
        "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ⊙☉★⋆⊕**",
        strict=True,
    )
)
SCRIPTS = {"^": str.maketrans(_RAISED), "_": str.maketrans(_LOWERED)}
SCRIPT_CHARACTERS = {"^": frozenset(_RAISED), "_": frozenset(_LOWERED)}

ALPHABETS = {
    "mathbb": "doublestruck", "Bbb": "doublestruck", "mathcal": "script", "mathscr": "script",
    "cal": "script", "mathfrak": "fraktur", "mathbf": "bold", "boldsymbol": "bold", "bm": "bold",
    "pmb": "bold",
}  # fmt: skip


def symbol(name: str) -> str | None:
    """Return what a macro without arguments stands for, None when nobody knows it."""
    return _EXTRA_SYMBOLS[name] if name in _EXTRA_SYMBOLS else _symbols().get(name)


def in_alphabet(text: str, alphabet: str) -> str:
    """Return a lone letter in a mathematical alphabet; words stay plain, to be read and found."""
    if len(text) != 1:
        return text
    from pylatexenc.latex2text import fmt_math_text_style  # noqa: PLC0415 - 0.1 s, see _symbols

    return str(fmt_math_text_style(text, alphabet))


@lru_cache(maxsize=1)
def _symbols() -> dict[str, str]:
    """Load pylatexenc's symbols when the first one is met: that takes a tenth of a second."""
    from pylatexenc.latex2text import get_default_latex_context_db  # noqa: PLC0415 - see above

    specs = get_default_latex_context_db().iter_macro_specs()
    meanings = {spec.macroname: spec.simplify_repl for spec in reversed(list(specs))}
    return {
        name: meaning
        for name, meaning in meanings.items()
        if isinstance(meaning, str) and not {"%", "<"} & set(meaning) and name != "today"
    }
