"""Replies of SMTP servers, read from their bytes."""

from digest.core.smtp_reply import ReplyReader


def read(wire):
    """Return the one reply that some bytes make."""
    (reply,) = ReplyReader().feed(wire)
    return reply
