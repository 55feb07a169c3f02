"""Mails that are no reports: requests to unsubscribe, and answers of machines."""

import re
from email.message import Message

from digest.bounces.fields import field
from digest.core.findings import Finding, Taken

_UNSUBSCRIBE = re.compile(
    r"\bunsubscribe\s+([A-Za-z0-9_-]{40,200})(?![A-Za-z0-9_-])", re.IGNORECASE
)
_AWAY = re.compile(
    r"""^(?:re:\s*)*(?: auto(?:matic|mated)?[\s-]?(?:reply|response|antwort) | automatische\ antwort
      | out\ of\ (?:the\ )?office | (?:on\ )?vacation | abwesen | r[ée]ponse\ automatique
      | respuesta\ autom[áa]tica | risposta\ automatica | i(?:'m|\ am)\ (?:away|on\ leave)
      | (?:please\ )?(?:confirm|verify)\ your\ (?:mail|e-?mail|message) )""",
    re.VERBOSE | re.IGNORECASE,
)
_MARKS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "X-Mail-Autoreply")
_MACHINES = re.compile(r"mailer-daemon|postmaster|mail delivery", re.IGNORECASE)


def read_unsubscribe(message: Message) -> list[Finding]:
    """Return the request of a mail that our ``mailto:`` links make; else nothing."""
    found = _UNSUBSCRIBE.search(field(message, "Subject"))
    if found is None:
        return []
    why = "a mail with the subject of our unsubscribe links"
    return [Finding(taken_for=Taken.UNSUBSCRIBE, why=why, token=found[1])]


def read_auto_reply(message: Message) -> list[Finding]:
    """Return that a machine answered for a person (RFC 3834, section 5); else nothing.

    Mail systems mark their bounces so too; what comes from one of them is none.
    """
    if _MACHINES.search(field(message, "From")) or "X-Failed-Recipients" in message:
        return []
    if why := _mark(message):
        return [Finding(taken_for=Taken.AUTO_REPLY, why=why)]
    return []


def _mark(message: Message) -> str:
    submitted = field(message, "Auto-Submitted").lower()
    if submitted.startswith("auto-replied"):
        return f"Auto-Submitted: {submitted}"
    if field(message, "Precedence").lower() in {"auto_reply", "auto-reply"}:
        return "Precedence: auto_reply"
    for name in _MARKS:
        if name in message:
            return f"the field {name}"
    return "its subject" if _AWAY.search(field(message, "Subject")) else ""
