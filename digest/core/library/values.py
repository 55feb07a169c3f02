"""The inside of one BibTeX entry: its key, and its fields with their values."""

import re
from collections.abc import Mapping

_BRACE = re.compile("[{}]")
_QUOTE = re.compile('["{}]')
_BLANKS = re.compile(r"\s*+")
_SEPARATORS = re.compile(r"[\s,]*+")
_KEY = re.compile(r"\s*+([^\s,={}]*+)\s*+(?=[,})])")
_NAME = re.compile(r"([^\s=,{}()\"#%]++)\s*+=")
_WORD = re.compile(r'[^\s,#{}()"]++')
_LONGEST = 20_000  # of a value that is joined from macros
_SHOWN = 20


class Malformed(Exception):  # noqa: N818 - it ends one entry, and no more
    """An entry does not follow the grammar."""


class Source:
    """A stretch of a file that is read from left to right, each character once.

    Args:
        text: the file.
        position: where to begin.
        end: where the stretch ends.
        macros: what names stand for.

    Attributes:
        position: how far it was read.
        key: the entry's key, once it was read; or "".
    """

    def __init__(self, text: str, position: int, end: int, macros: Mapping[str, str]) -> None:
        self.position = position
        self.key = ""
        self._text = text
        self._end = end
        self._macros = macros

    def read_key(self) -> None:
        """Read the entry's key; an entry may have none."""
        if match := _KEY.match(self._text, self.position, self._end):
            self.key = match[1]
            self.position = match.end()

    def fields(self, closing: str) -> dict[str, str]:
        """Return the values by lower-case name, of a name given twice the first one.

        Args:
            closing: what ends the entry, ``}`` or ``)``.

        Raises:
            Malformed: it has something else, or no end.
        """
        found: dict[str, str] = {}
        while name := self._name():
            found.setdefault(name.lower(), self._value())
        if self._take(closing):
            return found
        if self.position == self._end:
            raise Malformed("is never closed")
        raise Malformed(f"{self._shown()} where a field or the end should be")

    def skip_group(self, opening: str) -> None:
        """Pass over the rest of a group in braces; in parentheses, nothing needs to match.

        Raises:
            Malformed: it has no end.
        """
        if opening == "{":
            self._to_closing_brace()

    def _name(self) -> str:
        self._skip(_SEPARATORS)
        match = _NAME.match(self._text, self.position, self._end)
        if match is None:
            return ""
        self.position = match.end()
        return match[1]

    def _value(self) -> str:
        pieces = [self._piece()]
        size = len(pieces[0])
        while self._take("#"):
            piece = self._piece()
            if size < _LONGEST:
                pieces.append(piece)
                size += len(piece)
        return "".join(pieces)

    def _piece(self) -> str:
        self._skip(_BLANKS)
        start = self.position + 1
        if self._take("{"):
            self._to_closing_brace()
            return self._text[start : self.position - 1]
        if self._take('"'):
            self._to_closing_quote()
            return self._text[start : self.position - 1]
        word = _WORD.match(self._text, self.position, self._end)
        if word is None:
            raise Malformed(f"{self._shown()} where a value should be")
        self.position = word.end()
        return self._macros.get(word[0].lower(), word[0])

    def _to_closing_brace(self) -> None:
        depth = 1
        for sign in _BRACE.finditer(self._text, self.position, self._end):
            depth += 1 if sign[0] == "{" else -1
            if not depth:
                self.position = sign.end()
                return
        self.position = self._end
        raise Malformed("a brace is never closed")

    def _to_closing_quote(self) -> None:
        depth = 0
        for sign in _QUOTE.finditer(self._text, self.position, self._end):
            if sign[0] != '"':
                depth += 1 if sign[0] == "{" else -1
            elif depth <= 0:
                self.position = sign.end()
                return
        self.position = self._end
        raise Malformed("a quotation mark is never closed")

    def _take(self, sign: str) -> bool:
        self._skip(_BLANKS)
        is_there = self._text.startswith(sign, self.position, self._end)
        self.position += is_there
        return is_there

    def _skip(self, what: re.Pattern[str]) -> None:
        """Pass over what may be there: a pattern that also matches nothing."""
        self.position = next(what.finditer(self._text, self.position, self._end)).end()

    def _shown(self) -> str:
        rest = self._text[self.position : min(self.position + _SHOWN, self._end)].split()
        return repr(rest[0]) if rest else "nothing"
