"""Whose fault a refusal is, by its enhanced status code and its words (RFC 3463)."""

import re

_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_OURS = re.compile(
    r"""[45]\.(?:
        1\.[78]      # bad sender's address (RFC 3463, 3.2)
      | [23]\.[34]   # too long for the mailbox, too big for the system (3.3, 3.4)
      | [56]\.\d+    # protocol, content (3.6, 3.7)
      | 7\.\d+       # security and policy: spam, listings, DKIM, SPF, DMARC (3.8; RFC 7372)
    )""",
    re.VERBOSE,
)
_NO_MAILBOX = re.compile(r"5\.1\.(?!7$|8$)\d+")
_RECIPIENTS = re.compile(r"5\.(?:1\.\d+|2\.[012]|4\.1|4\.4)")
_SAYS_NO_MAILBOX = re.compile(
    r"""\b(?: no \s such \s (?:user|mailbox|recipient|address|person|account)
      | (?:user|recipient|mailbox|address|account) \s (?: is \s | was \s | has \s been \s )?
        (?: unknown | not \s found | does \s not \s exist | doesn't \s exist | invalid | disabled
          | unavailable )
      | (?:unknown|invalid|nonexistent) \s (?:user|recipient|mailbox|address|account)
      | address \s rejected: \s user | does \s not \s exist \s here )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST = 1_000


def status_in(text: str) -> str:
    """Return the first enhanced status code in a text, a failure before others, or ""."""
    found = _ENHANCED.findall(text[:_LONGEST])
    return next((code for code in found if code[0] == "5"), found[0] if found else "")


def is_no_mailbox(status: str) -> bool:
    """Tell whether a status says that there is no such address (5.1.x, but for the sender's)."""
    return _NO_MAILBOX.fullmatch(status) is not None


def is_our_fault(status: str) -> bool:
    """Tell whether a status blames the mail, its sender or its way, not its recipient."""
    return _OURS.fullmatch(status) is not None


def blames_recipient(code: int, status: str, reply: str) -> bool:
    """Tell whether an SMTP refusal says something about the recipient's mailbox.

    Args:
        code: the reply's code (RFC 5321, 4.2).
        status: its enhanced status code, or "": then the words have to tell.
        reply: its text.
    """
    if code // 100 != 5:  # noqa: PLR2004 - permanent negative replies
        return False
    known = status or status_in(reply)
    if known:
        return _RECIPIENTS.fullmatch(known) is not None and not is_our_fault(known)
    return _SAYS_NO_MAILBOX.search(reply[:_LONGEST]) is not None
