"""Rendering a stretch of TeX, prose or formula, from left to right."""

import re

from digest.core.tex.evidence import dash, is_formula, is_path, is_tie, is_wanted_brace
from digest.core.tex.macros import MACROS, Macro, accented, script
from digest.core.tex.source import Source
from digest.core.tex.tables import ACCENTS, SILENT, TEXT_LETTERS, symbol

_MAX_DEPTH = 20
_MAX_FORMULA = 1_000
_CLOSERS = {"$$": "$$", "$": "$", "\\(": "\\)", "\\[": "\\]"}
_NEXT_MACRO = re.compile(r"\s*\\([A-Za-z]+)")
_DOTTED = {"\u0131": "i", "\u0237": "j"}
_UMLAUTS = frozenset("aeiouyAEIOUY")


class Piece:
    """One stretch of TeX on its way to Unicode.

    Args:
        text: the TeX.
        math: it is a formula, where spaces, scripts and primes have other rules.
        depth: how many groups it lies in; very deep ones are not rendered.
    """

    def __init__(self, text: str, *, math: bool = False, depth: int = 0) -> None:
        self._source = Source(text)
        self._math = math
        self._depth = depth
        self._out: list[str] = []

    def render(self) -> str:
        """Return the piece as Unicode."""
        if self._depth > _MAX_DEPTH:
            return self._source.text
        while token := self._source.token():
            start = token.start()
            if name := token["name"]:
                self._out.append(self._macro(name, start))
            elif sign := token["sign"]:
                self._out.append(self._escape(sign, start))
            elif not token["special"]:
                self._out.append(token.group())
            elif self._math:
                self._out.append(self._formula_sign(token["special"], start))
            else:
                self._out.append(self._prose_sign(token["special"], start))
        return "".join(self._out)

    def _inner(self, text: str, *, math: bool) -> str:
        return Piece(text, math=math, depth=self._depth + 1).render()

    def _before(self, start: int) -> str:
        return self._source.text[max(start - 1, 0) : start]

    def _last(self) -> str:
        return next((text[-1] for text in reversed(self._out) if text), "")

    def _macro(self, name: str, start: int) -> str:
        if name == "cal":
            return MACROS[name].form(self._inner(self._source.rest().strip(), math=True))
        if name in SILENT:
            self._source.skip_spaces()
            if name in {"left", "right"} and self._source.next() == ".":
                self._source.position += 1
            return ""
        if name in ACCENTS and not self._math:
            return self._accent(name)
        if macro := MACROS.get(name):
            return self._call(macro)
        meaning = symbol(name)
        return self._unknown(name, start) if meaning is None else self._symbol(name, meaning)

    def _call(self, macro: Macro) -> str:
        """Return a macro with its arguments, "" (and nothing read) when they are missing."""
        before = self._source.position
        math = self._math if macro.math is None else macro.math
        read = [self._source.option()] if macro.option else []
        for _ in range(macro.arity):
            argument = self._source.argument()
            if argument is None:
                self._source.position = before
                return ""
            read.append(argument)
        return macro.form(*(self._inner(argument, math=math) for argument in read))

    def _unknown(self, name: str, start: int) -> str:
        """Keep the arguments of a macro that an author has defined, else its name."""
        if not self._math and is_path(name, self._before(start), self._source.next()):
            return f"\\{name}"
        arguments = []
        while (argument := self._source.group()) is not None:
            arguments.append(self._inner(argument, math=self._math))
        return " ".join(filter(None, arguments)) or name

    def _symbol(self, name: str, meaning: str) -> str:
        """Return a symbol with the space around it that TeX would set."""
        if self._source.group() == "":
            return meaning
        if not self._math:
            if name in TEXT_LETTERS:
                self._source.skip_spaces()
            return meaning
        if len(meaning) > 1 and meaning.isalpha():
            before = " " if self._last().isalnum() or self._last() == ")" else ""
            after = " " if self._source.next().isalnum() or self._source.next() == "\\" else ""
            return before + meaning + after
        if self._closes_up(meaning):
            self._source.skip_spaces()
        return meaning

    def _closes_up(self, meaning: str) -> bool:
        """Tell whether the space after a symbol only ends its name."""
        if not meaning.isalpha():
            return not self._last().isspace()
        rest = self._source.text[self._source.position :]
        if match := _NEXT_MACRO.match(rest):
            return (symbol(match[1]) or " ").isalpha()
        return rest.lstrip()[:1].isalnum()

    def _escape(self, sign: str, start: int) -> str:
        """Return an escaped character, an accented letter, or a formula in brackets."""
        if sign in ACCENTS and not self._math:
            return self._accent(sign)
        if sign in "([" and not self._math:
            return self._formula(f"\\{sign}", start)
        meaning = symbol(sign)
        return f"\\{sign}" if meaning is None else meaning

    def _accent(self, name: str) -> str:
        """Return the accented letter; without a letter it was no accent."""
        before, bare = self._source.position, self._source.next() != "{"
        letter = self._inner(self._source.argument() or "", math=False)
        letter = _DOTTED.get(letter, letter)
        if not letter.isalpha() or (name == '"' and bare and letter not in _UMLAUTS):
            self._source.position = before
            return name if name in "\"'" else f"\\{name}"
        return accented(ACCENTS[name], letter[0]) + letter[1:]

    def _formula_sign(self, sign: str, start: int) -> str:
        match sign[0]:
            case "{":
                group = self._group(start)
                return sign if group is None else self._inner(group, math=True)
            case "^" | "_":
                return self._script(sign)
            case "~" | "&":
                return " "
            case "'":
                return "\N{PRIME}"
            case "-":
                return dash(sign, before="", after="")
            case _:
                return sign

    def _prose_sign(self, sign: str, start: int) -> str:
        before, after = self._before(start), self._source.next()
        match sign[0]:
            case "{":
                return self._prose_group(start)
            case "$":
                return self._formula("$$" if after == "$" else "$", start)
            case "^" | "_" if after == "{" and before.strip():
                return self._script(sign)
            case "~":
                return " " if is_tie(self._source.text, start) else sign
            case "-":
                return dash(sign, before=before, after=after)
            case _:
                return sign

    def _group(self, start: int) -> str | None:
        """Read the group whose opening brace was just read; None when it has no other."""
        self._source.position = start
        group = self._source.group()
        if group is None:
            self._source.position = start + 1
        return group

    def _script(self, mark: str) -> str:
        argument = self._source.argument()
        if argument is None:
            return mark
        return script(mark, self._inner(argument, math=True), following=self._source.next())

    def _prose_group(self, start: int) -> str:
        group = self._group(start)
        if group is None:
            return "{"
        text = self._inner(group, math=False)
        wanted = is_wanted_brace(group, before=self._before(start), after=self._source.next())
        return f"{{{text}}}" if wanted else text

    def _formula(self, opener: str, start: int) -> str:
        """Return the formula that begins here, or the sign alone when none does."""
        text, closer, begin = self._source.text, _CLOSERS[opener], start + len(opener)
        end = text.find(closer, begin, begin + _MAX_FORMULA)
        while end > 0 and text[end - 1] == "\\" and opener[0] == "$":
            end = text.find(closer, end + 1, begin + _MAX_FORMULA)
        content, after = text[begin:end], end + len(closer)
        if end < 0 or not (opener != "$" or is_formula(content, text[after : after + 1])):
            self._source.position = begin
            return opener.removeprefix("\\")
        self._source.position = after
        rendered = self._inner(content, math=True)
        return rendered.strip() or rendered
