"""Ask for what no option said, and ask again until the answer can be used."""

from collections.abc import Callable, Mapping, Sequence

import typer

Check = Callable[[str], object]
"""Raises ValueError for an answer that cannot be used."""


class Asker:
    """Asks on a terminal; elsewhere takes the default.

    Args:
        given: what the options said, None for nothing; checked with the whole configuration.
        interactive: whether there is somebody to ask.
    """

    def __init__(self, given: Mapping[str, str | None], *, interactive: bool) -> None:
        self._given = given
        self._interactive = interactive

    def text(self, option: str, question: str, default: str, check: Check = str) -> str:
        """Return what was given, answered, or the default."""
        given = self._given[option]
        if given is not None:
            return given
        if not self._interactive:
            return default
        answer: str = typer.prompt(
            question, default=default, show_default=bool(default), value_proc=_checked(check)
        )
        return answer

    def words(
        self, option: str, question: str, default: Sequence[str], check: Check = str
    ) -> list[str]:
        """Return a list, answered with commas between its parts."""

        def check_each(answer: str) -> None:
            for part in _parts(answer) or [""]:
                check(part)

        return _parts(self.text(option, question, ", ".join(default), check_each))


def _parts(answer: str) -> list[str]:
    return [part.strip() for part in answer.split(",") if part.strip()]


def _checked(check: Check) -> Callable[[str], str]:
    def value(answer: str) -> str:
        try:
            check(answer.strip())
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        return answer.strip()

    return value
