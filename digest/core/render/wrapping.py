"""Wrapping of plain text at 72 columns (RFC 3676, 4.2: 78 at the most)."""

from textwrap import TextWrapper

_COLUMNS = 72


def wrap(text: str, indent: int = 0) -> str:
    """Wrap at white space only, so that long words and addresses stay whole.

    Args:
        text: one paragraph, blanks and line ends as they come.
        indent: columns to leave free on the second and later lines.
    """
    line = " ".join(text.split())
    if len(line) <= _COLUMNS:
        return line
    wrapper = TextWrapper(
        width=_COLUMNS,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapper.fill(line)
