"""How many connections a relay bears: grow on success, shrink on trouble, know when it is dead.

Postfix's feedback (SCHEDULER_README, "Concurrency feedback"): each success adds 1/N, each
trouble of a connection takes 1/N, N being the number of connections; and a relay is dead
once as many connections in a row came to nothing as it was thought to bear. Until the first
trouble each success adds three: as TCP begins (RFC 5681, 3.1), only bolder, for ``most`` is the
operator's word. Refusals of mails say nothing here; only connections count.
"""

from dataclasses import dataclass, field

_PATIENCE = 3
_AT_FIRST = 3.0


@dataclass(slots=True)
class Concurrency:
    """The number of connections to keep to one relay; it begins with one, the probe.

    Attributes:
        most: never more than this.
        limit: how many now; the whole part counts.
        is_dead: nothing gets through; stop and come back later.
    """

    most: int
    limit: float = field(default=1.0, init=False)
    is_dead: bool = field(default=False, init=False)
    _had_trouble: bool = field(default=False, init=False)
    _troubles_in_a_row: int = field(default=0, init=False)

    @property
    def lines(self) -> int:
        """How many connections there may be now, at least one."""
        return int(self.limit)

    def succeeded(self) -> None:
        """A mail was accepted."""
        self._troubles_in_a_row = 0
        self.is_dead = False
        step = 1 / self.lines if self._had_trouble else _AT_FIRST
        self.limit = min(self.limit + step, float(self.most))

    def failed(self) -> None:
        """A connection could not be opened, or broke before it had carried a mail."""
        self._troubles_in_a_row += 1
        self.is_dead = self._troubles_in_a_row >= max(_PATIENCE, self.lines)
        self.was_one_too_many()

    def was_one_too_many(self) -> None:
        """A connection came to nothing while others were carrying mails: the relay lives."""
        self._had_trouble = True
        self.limit = max(self.limit - 1 / self.lines, 1.0)
