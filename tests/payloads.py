"""A hundred texts that try to become markup, a script, or something else than text."""

from itertools import product
from urllib.parse import urlsplit

_WAYS_OUT = ("", '">', "'>", "-->", "]]>", "</title>", "</textarea>", "</option></select>")
_MARKUP = (
    "<script>canary()</script>",
    "<img src=x onerror=canary()>",
    "<svg/onload=canary()>",
    "<a href='java\tscript:canary()'>x</a>",
    "<style>@import'//evil.example.net'</style>",
    "<base href=//evil.example.net>",
    "<meta http-equiv=refresh content=0;url=//evil.example.net>",
    "<form action=//evil.example.net><button>x",
    "<canary>",
)
_ATTRIBUTES = (
    '" onfocus=canary() autofocus x="',
    "' onmouseover=canary() x='",
    "` onclick=canary()",
)
_ADDRESSES = (
    "javascript:canary()",
    "JaVaScRiPt:canary()",
    "\x01javascript:canary()",
    "java\nscript:canary()",
    "data:text/html,<script>canary()</script>",
    "vbscript:canary()",
    'https://good.example.org/" onclick="canary()',
    "https://good.example.org/<script>canary()</script>",
    "//evil.example.net",
    "\\\\evil.example.net",
    "https://good.example.org\\@evil.example.net",
)
_TEMPLATES = (
    "{{ 7 * 7 }}canary",
    "{% for x in ().__class__.__base__.__subclasses__() %}canary{% endfor %}",
    "{{ config }}{{ self.__init__.__globals__ }}",
    "${7*7}canary",
    "#{7*7}<%= 7*7 %>",
)
_ODDITIES = (
    "\u202e<script>canary()</script>",
    "\ufeff<script>canary()</script>",
    "\x00<script>canary()</script>",
    "+ADw-script+AD4-canary()+ADw-/script+AD4-",
    "\uff1cscript\uff1ecanary()\uff1c/script\uff1e",
    "&lt;script&gt;canary()&lt;/script&gt;",
    "&#60;script&#62;canary()&#60;/script&#62;",
    "canary\r\nBcc: victim@example.org",
    "canary\r\n.\r\nMAIL FROM:<x@evil.example.net>",
)
PAYLOADS = (
    *(f"{out}{markup}" for out, markup in product(_WAYS_OUT, _MARKUP)),
    *_ATTRIBUTES,
    *_ADDRESSES,
    *_TEMPLATES,
    *_ODDITIES,
)

_LEADING = ("href", "src", "action", "formaction", "srcset", "background", "poster", "data")
_ACTIVE = frozenset(
    {"script", "iframe", "object", "embed", "applet", "base", "frame", "canary", "math", "portal"}
)
_HARMLESS = frozenset({"", "http", "https", "mailto"})


def harm_in(page, *, images=("data",)):
    """Return what a parsed page would run, load or be led away by: tags, attributes, addresses.

    Args:
        page: an element of lxml's or html5lib's tree.
        images: schemes that an image may have besides.
    """
    found = []
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.rpartition("}")[2].lower()
        if tag in _ACTIVE:
            found.append(tag)
        for name, value in element.attrib.items():
            if name.lower().startswith("on") or name.lower() in {"canary", "srcdoc"}:
                found.append(f"{tag} {name}")
            if name.lower() in _LEADING and not _leads_safely(value, tag, images):
                found.append(f"{tag} {name}={value}")
            if tag == "meta" and name == "http-equiv" and value.lower() == "refresh":
                found.append("meta refresh")
    return found


def _leads_safely(value, tag, images):
    """Judge an address as a browser does, which skips controls and blanks (WHATWG URL)."""
    seen = "".join(each for each in value if ord(each) > 32).replace("\\", "/")
    if seen.startswith("//"):
        return False
    head = seen.partition("/")[0].partition("?")[0].partition("#")[0]
    scheme = head.partition(":")[0].lower() if ":" in head else ""
    if scheme in {"http", "https"}:
        return "evil.example.net" not in urlsplit(seen).netloc
    return scheme in _HARMLESS or (tag == "img" and scheme in images)
