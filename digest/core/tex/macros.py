"""Macros with arguments: how many, read how, and what is written for them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from digest.core.tex.tables import ALPHABETS, MATH_ACCENTS, SCRIPT_CHARACTERS, SCRIPTS, in_alphabet


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro that takes arguments.

    Attributes:
        arity: how many ``{…}`` follow.
        form: makes the text from the arguments, an optional one first when it takes one.
        math: arguments are formulas; None: they are what surrounds the macro.
        option: a ``[…]`` may come first.
    """

    arity: int
    form: Callable[..., str]
    math: bool | None = None
    option: bool = False


def script(mark: str, text: str, *, following: str = "") -> str:
    """Return ``text`` raised ("^") or lowered ("_"), in signs where Unicode does not go so far.

    Args:
        mark: "^" or "_".
        text: what to raise or lower.
        following: the next character, which must not run into a plain word.
    """
    compact = "".join(text.split())
    if SCRIPT_CHARACTERS[mark].issuperset(compact):
        return compact.translate(SCRIPTS[mark])
    if compact.isalnum() and not following.isalnum():
        return mark + compact
    return f"{mark}({text.strip()})"


def accented(accent: str, text: str) -> str:
    """Return a letter with a combining accent; longer text stays without."""
    return text + accent if len(text) == 1 and text.isalpha() else text


def _first(text: str) -> str:
    return text


def _last(*texts: str) -> str:
    return texts[-1]


def _nothing(*_: str) -> str:
    return ""


def _fraction(above: str, below: str) -> str:
    return f"{_operand(above)}/{_operand(below)}"


def _root(degree: str, text: str) -> str:
    sign = {"3": "∛", "4": "∜"}.get(degree, script("^", degree) + "√")
    return sign + (text if len(text) == 1 or text.isdigit() else f"({text})")


def _operand(text: str) -> str:
    return f"({text})" if any(sign in text.strip() for sign in "+-/·× ") else text


def _link(url: str, text: str) -> str:
    return text if url in text else f"{text} ({url})"


def _over(above: str, text: str) -> str:
    return text + script("^", above)


def _under(below: str, text: str) -> str:
    return text + script("_", below)


def _each(names: str, macro: Macro) -> dict[str, Macro]:
    return dict.fromkeys(names.split(), macro)


MACROS = {
    **_each("underline overbrace underbrace substack boxed fbox smash ce", Macro(1, _first)),
    **_each(
        "emph text textit textbf textsc texttt textrm textsf textsl textmd textup textnormal"
        " mbox hbox uline sout url path num si unit verb",
        Macro(1, _first, math=False),
    ),
    **_each(
        "mathrm mathit mathsf mathtt mathnormal mathop operatorname ensuremath",
        Macro(1, _first, math=True),
    ),
    **{
        name: Macro(1, partial(in_alphabet, alphabet=alphabet), math=True)
        for name, alphabet in ALPHABETS.items()
    },
    **{
        name: Macro(1, partial(accented, accent), math=True)
        for name, accent in MATH_ACCENTS.items()
    },
    **_each("frac tfrac dfrac cfrac nicefrac sfrac", Macro(2, _fraction, math=True)),
    **_each("binom tbinom dbinom", Macro(2, "({0} choose {1})".format, math=True)),
    **_each(
        "cite citep citet citealp citealt citeauthor ref eqref autoref cref Cref label thanks index"
        " vspace hspace phantom color begin end includegraphics footnotemark",
        Macro(1, _nothing, option=True),
    ),
    **_each("SI qty", Macro(2, "{0} {1}".format, math=False)),
    **_each("textcolor colorbox texorpdfstring", Macro(2, _last)),
    **_each("overset stackrel", Macro(2, _over)),
    "sqrt": Macro(1, _root, math=True, option=True),
    "underset": Macro(2, _under),
    "href": Macro(2, _link, math=False),
    "footnote": Macro(1, " ({1})".format, math=False, option=True),
    "enquote": Macro(1, "“{0}”".format, math=False),
    "ion": Macro(2, lambda element, stage: f"{element} {stage.upper()}", math=False),
    "pmod": Macro(1, " (mod {0})".format, math=True),
    "not": Macro(1, "{0}\u0338".format, math=True),
    "textsuperscript": Macro(1, partial(script, "^"), math=False),
    "textsubscript": Macro(1, partial(script, "_"), math=False),
}
