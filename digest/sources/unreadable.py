"""Names what came where data were due: nothing, half of it, a web page, a refusal."""

import re

from digest.core.harvest import HarvestState
from digest.core.text import clean
from digest.sources.trouble import FetchTrouble

_LONGEST_REFUSAL = 1000
_LONGEST_FAULT = 200
_HEAD = 500
_RATE = re.compile(r"rate.{0,10}(?:exceeded|limit)|too many requests", re.IGNORECASE)
_INSIDE = re.compile(r"internal|unavailable|overloaded|timed? ?out|try again", re.IGNORECASE)


def trouble_of_body(body: bytes, fault: str, *, ends_early: bool) -> FetchTrouble:
    """Say in one word what these bytes are, if they are not the document.

    Args:
        body: the bytes that could not be read.
        fault: what the reader complained about, for the case that nothing simpler fits.
        ends_early: the document begins well but does not come to its end.
    """
    fault = clean(fault)[:_LONGEST_FAULT]
    head = body[:_HEAD].lower()
    if not body.strip():
        return FetchTrouble(HarvestState.TRUNCATED, "the answer is empty")
    if len(body) <= _LONGEST_REFUSAL and b"rate exceeded" in body.lower():
        return FetchTrouble(HarvestState.RATE_LIMITED, "the upstream says: Rate exceeded.")
    if b"<html" in head or b"<!doctype html" in head:
        return FetchTrouble(HarvestState.MALFORMED, "a web page came in place of data")
    if ends_early:
        return FetchTrouble(HarvestState.TRUNCATED, f"the answer ends early ({fault})")
    return FetchTrouble(HarvestState.MALFORMED, fault)


def state_of_error(said: str) -> HarvestState:
    """Name what an error inside a good status means.

    Only what is about the request is refused for good; trouble inside the upstream passes.
    """
    if _RATE.search(said):
        return HarvestState.RATE_LIMITED
    return HarvestState.UNREACHABLE if _INSIDE.search(said) else HarvestState.REFUSED
