"""How many connections a relay bears: grow on success, shrink on trouble, know when it is dead.

Postfix's feedback (SCHEDULER_README, "Concurrency feedback"): each success adds 1/N, each
trouble of a connection takes 1/N, N being the number of connections; and a relay is dead
once as many connections in a row came to nothing as it was thought to bear. Refusals of
mails say nothing here; only connections count.
"""

from dataclasses import dataclass, field

_START = 5
_PATIENCE = 3


@dataclass(slots=True)
class Concurrency:
    """The number of connections to keep to one relay.

    It begins with one, the probe. The first mail that is accepted opens the rest.

    Attributes:
        most: never more than this.
        limit: how many now; the whole part counts.
        is_dead: nothing gets through; stop and come back later.
    """

    most: int
    limit: float = field(default=1.0, init=False)
    is_dead: bool = field(default=False, init=False)
    _proven: bool = field(default=False, init=False)
    _troubles: int = field(default=0, init=False)

    @property
    def lines(self) -> int:
        """How many connections there may be now, at least one."""
        return max(int(self.limit), 1)

    def succeeded(self) -> None:
        """A mail was accepted."""
        self._troubles = 0
        self.is_dead = False
        if self._proven:
            self.limit = min(self.limit + 1 / self.lines, float(self.most))
        else:
            self._proven = True
            self.limit = float(min(_START, self.most))

    def failed(self) -> None:
        """A connection could not be opened, or broke before it had carried a mail."""
        self._troubles += 1
        self.is_dead = self._troubles >= max(_PATIENCE, self.lines)
        self.limit = max(self.limit - 1 / self.lines, 1.0)
