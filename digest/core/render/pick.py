"""A picked paper with what one reader's card says besides."""

from dataclasses import dataclass

from digest.core.edition import Match, ReasonKind
from digest.core.paper import Paper
from digest.core.render.mail import Links
from digest.core.render.reason_view import ReasonView, view_reasons


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """Where "more like this" and "fewer like this" lead; "" where there is no page."""

    more: str = ""
    fewer: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """A picked paper with what one reader's card says besides.

    Attributes:
        paper: the paper.
        reasons: why it is here.
        followed: the names, as the reader wrote them, for which it was chosen.
        feedback: the reader's own links.
    """

    paper: Paper
    reasons: tuple[ReasonView, ...]
    followed: tuple[str, ...]
    feedback: FeedbackView


def make_pick(match: Match, links: Links) -> Pick:
    """Prepare a match for one reader's card."""
    return Pick(
        match.paper,
        view_reasons(match.reasons),
        tuple(reason.text for reason in match.reasons if reason.kind is ReasonKind.AUTHOR),
        FeedbackView(
            links.feedback_more.get(match.paper.id, ""),
            links.feedback_fewer.get(match.paper.id, ""),
        ),
    )
