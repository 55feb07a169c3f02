"""Builders with defaults: a test names only what it is about."""

from datetime import UTC, datetime

from digest.core.paper import Paper, PaperId
from digest.core.subscriber import Interests, Keyword, Subscriber

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # a Monday


def a_paper(raw_id="arxiv:2406.01234", **fields):
    return Paper(**{"id": PaperId.parse(raw_id), "title": f"A Paper Called {raw_id}"} | fields)


def a_subscriber(email="ada@example.org", **fields):
    return Subscriber(**{"email": email} | fields)


def interests(*terms, **fields):
    keywords = tuple(Keyword(term=term) for term in terms)
    return Interests(**{"keywords": keywords} | fields)
