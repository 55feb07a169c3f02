"""The page of the usual stacks as a template of Go's html/template, its styles inlined."""

import re

from peers.usual import inlined_page

_LOOP = re.compile(r"{% for (\w+) in ([\w.]+) %}")
_VALUE = re.compile(r"{{([\w.]+)}}")


def go_page() -> str:
    """Return it; what Jinja2 calls ``paper.pdf_url`` is ``$paper.PdfUrl`` there."""
    page = inlined_page()
    variables = {found[1] for found in _LOOP.finditer(page)}

    def value(path: str) -> str:
        first, *rest = path.split(".")
        start = f"${first}" if first in variables else f"$.{_field(first)}"
        return ".".join([start, *map(_field, rest)])

    page = _VALUE.sub(lambda found: f"{{{{{value(found[1])}}}}}", page)
    page = _LOOP.sub(lambda found: f"{{{{range ${found[1]} := {value(found[2])}}}}}", page)
    return page.replace("{% endfor %}", "{{end}}")


def _field(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
