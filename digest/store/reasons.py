"""The reasons of a paper in an edition, as they lie in its row: one on each line, as JSON.

Readers share their reasons ("diffusion models, in the title"), so that a line is read once for
many of them.
"""

import json
from collections.abc import Iterable

from digest.core.edition import Reason, ReasonKind, Told, telling
from digest.core.memo import Memo
from digest.core.subscriber import TextField

_KEPT = 16_384
_TOLD = len(Reason._fields) - 1  # all but the points
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def encode_reasons(reasons: Iterable[Reason]) -> str:
    """Return reasons as they are stored: only those that a reader is told, without points."""
    return "\n".join(map(_lines.__getitem__, telling(reasons)))


def decode_reasons(stored: str) -> Told:
    """Read reasons, strongest first."""
    if stored.startswith(("[[", "[]")):
        return _of_older_version(stored)
    return Told(map(_reasons.__getitem__, stored.split("\n"))) if stored else Told()


def _line_of(reason: Reason) -> str:
    return _to_json(reason[:_TOLD])


def _reason_on(line: str) -> Reason:
    return _reason(*json.loads(line))


def _of_older_version(stored: str) -> Told:
    """Read a list of them, which once had all reasons in it, with their points."""
    parts = json.loads(stored)
    reasons = [_reason(*part) for part in parts]
    has_points = bool(parts) and len(parts[0]) > _TOLD
    return telling(reasons) if has_points else Told(reasons)


def _reason(kind: str, text: str, field: str | None, count: int, points: float = 0.0) -> Reason:
    return Reason(ReasonKind(kind), text, TextField(field) if field else None, count, points)


_lines = Memo(_line_of, _KEPT)
_reasons = Memo(_reason_on, _KEPT)
