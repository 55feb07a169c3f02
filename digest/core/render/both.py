"""A pair of things, one for each of the two bodies of a mail."""

from typing import Generic, Literal, NamedTuple, TypeVar

_T = TypeVar("_T")

Kind = Literal[0, 1]
HTML: Kind = 0
TEXT: Kind = 1


class Both(NamedTuple, Generic[_T]):
    """The same for the HTML body and for the text body; ``pair[HTML]`` is ``pair.html``."""

    html: _T
    text: _T
