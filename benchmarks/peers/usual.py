"""The usual ways to make and send a personal mail in Python, one process a run.

    python -m peers.usual WAY PORT COUNT CONNECTIONS EDITIONS      (in benchmarks/)

EDITIONS is a JSON file: a list of what the templates beside this file need, used round and
round. Ways:

* premailer: Jinja2, premailer over every mail, EmailMessage, aiosmtplib.send_message;
* onceinline: the styles inlined into the template once, Jinja2, EmailMessage,
  aiosmtplib.sendmail.

Both keep their connections. Prints one JSON object: seconds, cpu.
"""

import argparse
import asyncio
import json
import logging
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import aiosmtplib
import cssutils
from jinja2 import Environment, Template
from premailer import transform

from measure import spent

_HERE = Path(__file__).parent
_HTML = (_HERE / "usual.html.j2").read_text(encoding="utf-8")
_TEXT = (_HERE / "usual.txt.j2").read_text(encoding="utf-8")
Edition = dict[str, Any]


def main() -> None:
    """Send, and print what it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("way", choices=["premailer", "onceinline"])
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("connections", type=int)
    parser.add_argument("editions", type=Path)
    given = parser.parse_args()
    cssutils.log.setLevel(logging.CRITICAL)
    editions = json.loads(given.editions.read_text())
    make = _maker(given.way)
    with spent() as cost:
        asyncio.run(_send(make, editions, given.count, given.port, given.connections))
    print(json.dumps({"seconds": cost.seconds, "cpu": cost.cpu}))


async def _send(
    make: Callable[[Edition], EmailMessage | bytes],
    editions: list[Edition],
    count: int,
    port: int,
    connections: int,
) -> None:
    numbers = iter(range(count))

    async def work() -> None:
        line = aiosmtplib.SMTP(
            hostname="127.0.0.1", port=port, start_tls=False, local_hostname="bench"
        )
        async with line:
            for number in numbers:
                edition = editions[number % len(editions)]
                mail, reader = make(edition), [edition["email"]]
                if isinstance(mail, bytes):
                    await line.sendmail("digest@example.org", reader, mail)
                else:
                    await line.send_message(mail, sender="digest@example.org", recipients=reader)

    await asyncio.gather(*(work() for _ in range(connections)))


def _maker(way: str) -> Callable[[Edition], EmailMessage | bytes]:
    text = Environment(autoescape=False, trim_blocks=True).from_string(_TEXT)  # noqa: S701 (text)
    pages = Environment(autoescape=True)
    if way == "premailer":
        page = pages.from_string(_HTML)
        return lambda edition: _message(edition, text, transform(page.render(edition)))
    inlined = pages.from_string(inlined_page())
    return lambda edition: _message(edition, text, inlined.render(edition)).as_bytes()


def inlined_page() -> str:
    """Return the template of the page with its styles inlined.

    That is safe for this one: its expressions have no blanks and stand in text and in
    ``href`` only, its blocks enclose whole elements.
    """
    inlined = transform(_HTML)
    if inlined.count("{{") != _HTML.count("{{") or inlined.count("{%") != _HTML.count("{%"):
        raise SystemExit("premailer lost a part of the template")
    return str(inlined)


def _message(edition: Edition, text: Template, html: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "Digest <digest@example.org>"
    message["To"] = f"{edition['name']} <{edition['email']}>"
    message["Subject"] = edition["subject"]
    message["Message-ID"] = f"<{edition['email'].partition('@')[0]}@example.org>"
    message["List-Unsubscribe"] = f"<{edition['unsubscribe_url']}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text.render(edition))
    message.add_alternative(html, subtype="html")
    return message


if __name__ == "__main__":
    main()
