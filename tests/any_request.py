"""Requests of all sorts to the routes that an application has, for hypothesis to draw.

Routes are read from the application itself, so that a new one is asked too.
"""

import json
import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from tests.asgi import Asked
from tests.payloads import PAYLOADS

READING = ("GET", "HEAD", "OPTIONS")
_PARAMETER = re.compile(r"{\w+(?::\w+)?}")
_FORM = "application/x-www-form-urlencoded"
_METHODS = (
    "GET", "POST", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT",
    "PROPFIND", "get",
)  # fmt: skip
_FIELDS = (
    (
        "do",
        ("save", "look", "pause", "leave", "back", "weekly", "data", "delete", "delete-for-good"),
    ),
    ("verdict", ("more", "fewer", "save", "not-author")),
    ("author", ("Ada Byron", "Alan Turing")),
    ("email", ("new@example.org", "ada@example.org", "b\u00fc@b\u00fccher.example")),
    ("interests", ("dense retriev*, not survey", "author: Ada Byron", "diffusion ^0.5", "cs.IR")),
    ("cadence", ("daily", "weekly:fri", "monthly")),
    ("timezone", ("Europe/Paris", "UTC")),
    ("send_at", ("07:30", "09:00:00")),
    ("max_papers", ("1", "100", "1_0", "\u0663", "1e1")),
    ("until", ("2026-12-31", "2031-11-23", "2026-11-23", "9999-12-31")),
    ("text", ("I look for retrieval", "")),
    ("name", ("Ada", "")),
    ("q", ("retrieval", "author: Ada Byron, cs.IR", "not x")),
    ("date", ("2026-11-23", "2026-11-22", "0001-01-01")),
    ("format", ("bibtex", "ris", "csl")),
    ("website", ("", "https://spam.example.net")),
)
_NAMES = (
    *(name for name, _ in _FIELDS), "more", "fewer", "save", "exclude", "authors", "categories",
    "exclude_authors", "List-Unsubscribe", "x",
)  # fmt: skip
_VALUES = (
    *(value for _, values in _FIELDS for value in values), "One-Click", "arxiv:2406.00001",
    "doi:10.1000/x", "hourly", "25:00:00", "../../etc/passwd", "2026-W48-1", "1e309", "-1",
    "99999999999999999999", "bo@example.org", "not", "^", "-", "*", ":", ",",
)  # fmt: skip
_EVENTS = ("bounce", "soft-bounce", "complaint", "unsubscribe", "delay", "Bounce", "Complaint")
_ADDRESSES = ("192.0.2.7", "::1, 10.0.0.1", "[2001:db8::1]", "for=x;proto=https", "'", "\xff")
_HEADERS = {
    "origin": ("https://digest.example.org", "null", "https://evil.example.net", "http://[evil",
               "http://[x]:y", "//", "https://digest.example.org:99999999", "\xff"),
    "host": ("digest.example.org", "evil.example.net", "[", "x/unsubscribe/", "a:b:c", "", "\xff"),
    "sec-fetch-site": ("same-origin", "none", "cross-site", "same-site", "\xff"),
    "accept": ("*/*", "text/html", "application/openmetrics-text;version=1.0.0", ";;q=", "\xff"),
    "range": ("bytes=0-1", "bytes=-1", "bytes=9-1", "lines=x"),
    "if-none-match": ("*", '"x"'),
    "if-modified-since": ("Thu, 01 Jan 1970 00:00:00 GMT", "x"),
    "accept-encoding": ("gzip, br", "identity;q=0"),
    "cookie": ("session=1; a=b", '="', "\xff"),
    "x-forwarded-for": _ADDRESSES,
    "forwarded": _ADDRESSES,
    "x-forwarded-host": ("evil.example.net",),
    "x-forwarded-prefix": ("//evil.example.net",),
    "x-http-method-override": ("DELETE", "POST"),
    "content-encoding": ("gzip",),
    "content-length": ("0", "-1", "1", "99999999999", "9" * 5_000, "\xb2", "1e3", ""),
    "transfer-encoding": ("chunked", "gzip, chunked"),
    "expect": ("100-continue",),
    "authorization": ("Basic", "Basic !", "Basic OnA=", "Bearer x", "Basic " + "A" * 9_000, "\xff"),
    "content-type": (_FORM, f"{_FORM}; charset=utf-16", f"{_FORM}; charset=no-such",
                     "multipart/form-data; boundary=x", "multipart/form-data", "application/json",
                     "text/plain", "\xff", ""),
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What an attacker may have got hold of.

    Attributes:
        routes: templates of paths, with the methods that each takes.
        paths: paths with genuine tokens.
        password: of the operator's pages, as a header has it.
    """

    routes: tuple[tuple[str, tuple[str, ...]], ...]
    paths: tuple[str, ...]
    password: bytes

    @property
    def open_paths(self):
        """Those that need no token."""
        return [path for path, _ in self.routes if "{" not in path]

    @classmethod
    def of(cls, app, paths, password):
        routes = tuple((route.path, tuple(sorted(route.methods))) for route in app.routes)
        return cls(routes, tuple(paths), password)


def some_text():
    """Draw a word that means something here, a hostile text, or any."""
    return st.one_of(
        st.sampled_from(_VALUES),
        st.sampled_from(PAYLOADS),
        st.text(max_size=40),
        st.sampled_from(["\0", "a" * 9_000, "\ud800", "é" * 400, "[" * 500, "a*" * 200, "%"]),
    )


def _pairs():
    return st.lists(st.tuples(st.sampled_from(_NAMES) | some_text(), some_text()), max_size=6)


def _encoded(pairs):
    return urlencode(pairs, errors="surrogatepass")


@st.composite
def _paths(draw, known):
    template = draw(st.sampled_from(known.routes))[0]
    start = template.partition("{")[0]
    fitting = [path for path in known.paths if path.startswith(start)] if start != "/" else []
    if "{" in template and fitting and draw(st.integers(0, 3)):
        path = draw(st.sampled_from(fitting))
    else:
        filling = some_text() | st.sampled_from(known.paths).map(lambda of: of.split("/")[-1])
        path = _PARAMETER.sub(lambda _: quote(draw(filling), errors="surrogatepass"), template)
    return draw(st.sampled_from(_TURNED))(path, draw) if draw(st.integers(0, 4)) == 0 else path


def _bit_turned(path, draw):
    at = draw(st.integers(0, len(path) - 1))
    return path[:at] + draw(st.sampled_from("AZaz09-_=.")) + path[at + 1 :]


_TURNED = (
    _bit_turned,
    lambda path, _: f"{path}/",
    lambda path, _: f"/{path}",
    lambda path, _: f"/.{path}",
    lambda path, _: f"{path}%00",
    lambda path, _: f"{path}%0d%0aSet-Cookie:x=1",
    lambda path, _: f"{path}/..%2f..%2fetc%2fpasswd",
    lambda path, _: path.swapcase(),
    lambda path, _: quote(quote(path, safe=""), safe="/"),
    lambda path, _: "".join(f"%{ord(each):02x}" for each in path[1:]).join(("/", "")),
    lambda path, _: path + "A" * 20_000,
    lambda path, _: f"http://evil.example.net{path}",
    lambda path, _: f"{path};jsessionid=1",
    lambda path, _: f"{path}%ff%fe",
)


@st.composite
def _bodies(draw):
    """Draw a body, and the type that belongs to it."""
    match draw(st.sampled_from(["none", "form", "form", "form", "parts", "json", "raw", "giant"])):
        case "form":
            return _encoded(draw(_pairs())).encode("ascii"), _FORM
        case "parts":
            return _parts(draw(_pairs())), "multipart/form-data; boundary=x"
        case "json":
            return draw(_calls()), "application/json"
        case "raw":
            return draw(st.binary(max_size=200)), draw(st.sampled_from([_FORM, "application/json"]))
        case "giant":
            size = draw(st.sampled_from([65_537, 1_048_577]))
            return draw(st.sampled_from([b"a", b"&", b"a=&", b"[", b"%00"])) * size, _FORM
        case _:
            return b"", _FORM


def _parts(pairs):
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in pairs
    ]
    return "".join([*parts, "--x--\r\n"]).encode("utf-8", "surrogatepass")


def _calls():
    """Draw what a provider, or a liar, might tell about mails."""
    leaf = st.none() | st.booleans() | st.integers() | st.floats() | some_text()
    anything = st.recursive(leaf, lambda of: st.lists(of) | st.dictionaries(st.text(), of))
    event = st.fixed_dictionaries(
        {},
        optional={
            "event": st.sampled_from(_EVENTS) | anything,
            "email": st.sampled_from(["ada@example.org"]) | anything,
            "status": st.sampled_from(["5.1.1", "4.2.2"]) | anything,
            "id": anything,
            "message_id": anything,
            "smtp-id": anything,
            "notificationType": st.sampled_from(_EVENTS) | anything,
            "bounce": st.fixed_dictionaries({"bouncedRecipients": anything}) | anything,
            "complaint": anything,
            "mail": anything,
            "Type": st.sampled_from(["SubscriptionConfirmation", "Notification"]) | anything,
            "SubscribeURL": some_text(),
            "Message": anything,
        },
    )
    whole = event | st.lists(event, max_size=4) | anything
    return whole.map(lambda told: json.dumps(told).encode("ascii"))


@st.composite
def _headers(draw, kind, password):
    names = draw(st.lists(st.sampled_from(sorted(_HEADERS)), max_size=4))
    headers = [
        (name, draw(st.sampled_from(_HEADERS[name]) | st.sampled_from(PAYLOADS))) for name in names
    ]
    if "content-type" not in names:
        headers.append(("content-type", kind))
    if draw(st.booleans()) and "authorization" not in names:
        headers.append(("authorization", password.decode("ascii")))
    return tuple((name.encode("ascii"), _on_the_wire(value)) for name, value in headers)


def _on_the_wire(value):
    """Return the bytes of a value that a server lets through: no control characters."""
    raw = value.encode("utf-8" if max(value, default="") > "\xff" else "latin-1")
    return bytes(each for each in raw if each >= ord(" ")).strip()


@st.composite
def _fitting(draw, known, methods):
    """Draw what a reader, an operator or a provider could send, but for what is filled in."""
    path = draw(st.sampled_from([*known.paths, *known.open_paths]))
    fields = [each for each in _FIELDS if draw(st.booleans())]
    wrong = draw(st.sampled_from([None, None, *(name for name, _ in fields)]))
    filled = [
        (name, draw(some_text() if name == wrong else st.sampled_from(values)))
        for name, values in fields
    ]
    is_call = path.startswith("/bounces/")
    body = draw(_calls()) if is_call else _encoded(filled).encode("ascii")
    query = draw(
        st.sampled_from(["", "?more=arxiv:2406.00001", "?format=ris", f"?{_encoded(filled)}"])
    )
    return Asked(
        method=draw(st.sampled_from(methods or ("POST", "POST", "POST", "GET"))),
        target=path + query,
        headers=((b"content-type", _FORM.encode()), (b"authorization", known.password)),
        chunks=(body,),
    )


@st.composite
def _wild(draw, known, methods):
    body, kind = draw(_bodies())
    query = draw(
        st.just("")
        | _pairs().map(_encoded)
        | some_text().map(lambda of: quote(of, errors="ignore"))
    )
    path = draw(_paths(known))
    at = draw(st.integers(0, len(body)))
    return Asked(
        method=draw(st.sampled_from(methods or _METHODS)),
        target=f"{path}?{query}" if query else path,
        headers=draw(_headers(kind, known.password)),
        chunks=(body[:at], body[at:]),
        client=draw(st.sampled_from(["192.0.2.1", "2001:db8::1", "x", ""])),
        breaks_off=draw(st.integers(0, 15)) == 0,
    )


def requests(known, methods=None):
    """Draw a request: one of two fits its route, so that what lies behind is reached too.

    Args:
        known: what there is to ask for.
        methods: these alone; else any.
    """
    return st.booleans().flatmap(lambda fits: (_fitting if fits else _wild)(known, methods))
