"""Keep messages in memory: for tests, yours included."""

from collections.abc import Callable

from digest.core.delivery import Accepted, Outcome
from digest.ports import Envelope


def _accept(_message: bytes, _envelope: Envelope) -> Outcome:
    return Accepted("250 kept in memory")


class MemoryTransport:
    """A transport that answers as it is told and keeps what it accepted.

    Args:
        answer: decides the outcome for each message; accepts all unless given.
    """

    def __init__(self, answer: Callable[[bytes, Envelope], Outcome] = _accept) -> None:
        self._answer = answer
        self.accepted: list[tuple[Envelope, bytes]] = []
        self.closed = False

    async def send(self, message: bytes, envelope: Envelope) -> Outcome:
        """Answer, and keep the message when it was accepted."""
        outcome = self._answer(message, envelope)
        if isinstance(outcome, Accepted):
            self.accepted.append((envelope, message))
        return outcome

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True
