"""Reading TeX: its tokens, and what a macro takes as an argument."""

import re

from digest.core.tex.macros import MACROS

_TOKEN = re.compile(
    r"\\(?P<name>[A-Za-z]+)(?:\*(?=\{))?|\\(?P<sign>.)"
    r"|(?P<special>[{$^_~&']|-{2,})|(?P<plain>[^\\{$^_~&'-]+|.)",
    re.DOTALL,
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_OPTION = re.compile(r"\s*\[([^\[\]]*)\]")


class Source:
    """A stretch of TeX and how far it was read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self._closings = _closings(text)

    def token(self) -> re.Match[str] | None:
        """Read one token: a macro's name, an escaped sign, a special character or plain text."""
        match = _TOKEN.match(self.text, self.position)
        if match:
            self.position = match.end()
        return match

    def next(self) -> str:
        """Return the character that comes next, "" at the end."""
        return self.text[self.position : self.position + 1]

    def skip_spaces(self) -> None:
        """Read white space."""
        while self.next().isspace():
            self.position += 1

    def rest(self) -> str:
        """Read everything that is left."""
        start, self.position = self.position, len(self.text)
        return self.text[start:]

    def group(self) -> str | None:
        """Read a group and return what is within its braces; None when none comes next."""
        start, end = self.position, self._closings.get(self.position)
        if end is None:
            return None
        self.position = end + 1
        return self.text[start + 1 : end]

    def option(self) -> str:
        """Read an argument in square brackets, "" when none comes next."""
        match = _OPTION.match(self.text, self.position)
        if match is None:
            return ""
        self.position = match.end()
        return match[1]

    def argument(self) -> str | None:
        """Read what a macro takes, a group, a macro or one character; None when there is none."""
        before = self.position
        self.skip_spaces()
        start = self.position
        if (group := self.group()) is not None:
            return group
        match = self.token()
        if match is None or match["special"] == "{" or match.group().startswith("}"):
            self.position = before
            return None
        if match["special"] or match["plain"]:
            self.position = start + 1
        elif match["name"] in MACROS:
            for _ in range(MACROS[match["name"]].arity):
                self.group()
        return self.text[start : self.position]


def _closings(text: str) -> dict[int, int]:
    """Return where each pair of braces opens and closes; lone braces are left out."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for match in _BRACE.finditer(text):
        if match.group() == "{":
            opened.append(match.start())
        elif match.group() == "}" and opened:
            pairs[opened.pop()] = match.start()
    return pairs
