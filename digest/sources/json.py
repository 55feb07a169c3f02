"""Reads hostile JSON."""

import json

from digest.sources.unreadable import trouble_of_body

_CLOSERS = {b"[": b"]", b"{": b"}"}


def read_json(body: bytes) -> object:
    """Return the value.

    Raises:
        FetchTrouble: the bytes are no JSON, or end early.
    """
    try:
        value: object = json.loads(body)
    except RecursionError as error:
        raise trouble_of_body(body, "nested too deeply", ends_early=False) from error
    except ValueError as error:
        fault = f"not JSON: {error}"
        raise trouble_of_body(body, fault, ends_early=_ends_early(body)) from error
    return value


def _ends_early(body: bytes) -> bool:
    """Say whether the bracket that opens the document is not the one that closes it."""
    text = body.strip()
    return text[:1] in _CLOSERS and not text.endswith(_CLOSERS[text[:1]])
