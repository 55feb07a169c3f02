"""Keep messages in memory: for tests, yours included."""

from collections.abc import Callable

from digest.core.outcome import Accepted, Outcome
from digest.ports import Halt, Mail, Outbox


def _accept(_mail: Mail) -> Outcome:
    return Accepted("250 kept in memory")


class MemoryTransport:
    """A transport that answers as it is told and keeps what it accepted.

    Args:
        answer: decides the outcome for each mail, or ends the run; accepts all unless given.
    """

    name = "memory"

    def __init__(self, answer: Callable[[Mail], Outcome | Halt] = _accept) -> None:
        self._answer = answer
        self.accepted: list[Mail] = []

    async def carry(self, outbox: Outbox) -> Halt | None:
        """Answer, and keep the mails that were accepted."""
        while mail := await outbox.next():
            if not await outbox.begin(mail):
                continue
            outcome = self._answer(mail)
            if isinstance(outcome, Halt):
                return outcome
            if isinstance(outcome, Accepted):
                self.accepted.append(mail)
            outbox.tell(mail, outcome)
        return None
