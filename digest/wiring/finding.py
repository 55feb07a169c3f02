"""What a check of ``digest doctor`` found."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "FAILED"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what, how it ended, and what to know or to mend.

    Attributes:
        check: what was looked at.
        state: how it ended.
        detail: what to know, or how to mend it.
        publish: a DNS record, as a line of a zone file, that would mend it; or "".
    """

    check: str
    state: State
    detail: str
    publish: str = ""

    @property
    def failed(self) -> bool:
        """True when something must be mended."""
        return self.state is State.FAILED
