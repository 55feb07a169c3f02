"""What goes into a ranking and what comes out: profiles, rankings and what was left out."""

from collections.abc import Callable
from dataclasses import dataclass

from digest.core.edition import Match
from digest.core.paper import Paper
from digest.core.subscriber import Interests


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A subscriber's interests, as ranking wants them.

    Attributes:
        id: the caller's name for the reader.
        interests: what to look for.
        limit: the most picks wanted.
        min_score: papers below this score stay out, those of followed authors excepted;
            without effect on readers who name categories alone.
        trending_weight: how much the community's interest counts among papers that match; 0
            does not count it, 1 lets it decide between papers that match about equally.
        outsider: one paper outside the interests, which many like, comes last.
    """

    id: str
    interests: Interests
    limit: int = 10
    min_score: float = 0.0
    trending_weight: float = 1.0
    outsider: bool = False

    @property
    def least_score(self) -> float:
        """The score a paper must reach: none that being in a wanted category cannot reach alone."""
        return 0.0 if self.interests.has_categories_alone else self.min_score


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A paper that matched and is not among the picks, and why."""

    paper: Paper
    why: str


class Ranking:
    """One reader's papers, best first.

    Attributes:
        profile_id: whose they are.
        matched: how many papers matched the interests at all.
        left_out: what else matched, and why it is not here (only ``explain`` tells).
    """

    __slots__ = ("_matches", "_row", "_tell", "left_out", "matched", "profile_id")

    def __init__(
        self,
        *,
        profile_id: str,
        matched: int,
        tell: Callable[[int], tuple[Match, ...]],
        row: int = 0,
        left_out: tuple[LeftOut, ...] = (),
    ) -> None:
        self.profile_id = profile_id
        self.matched = matched
        self.left_out = left_out
        self._tell = tell
        self._row = row
        self._matches: tuple[Match, ...] | None = None

    @property
    def matches(self) -> tuple[Match, ...]:
        """The matches with their reasons, which are worked out when first asked for."""
        if self._matches is None:
            self._matches = self._tell(self._row)
        return self._matches

    def __repr__(self) -> str:
        return f"Ranking(profile_id={self.profile_id!r}, matched={self.matched})"
