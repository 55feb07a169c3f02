"""New papers in, each reader's own short list out, by mail, on time, once.

The core as a library: values, ``rank`` and ``render``, with no configuration, no database
and no network. ``import digest`` itself loads nothing; each name comes when first used.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.core.edition import Match, Reason
    from digest.core.paper import Paper, PaperId, Signals
    from digest.core.rank import Profile, Ranking
    from digest.core.render import Rendered, Theme
    from digest.core.subscriber import Interests, Keyword, Subscriber

__version__ = "0.1.0"

__all__ = [
    "Interests",
    "Keyword",
    "Match",
    "Paper",
    "PaperId",
    "Profile",
    "Ranking",
    "Reason",
    "Rendered",
    "Signals",
    "Subscriber",
    "__version__",
    "rank",
    "render",
]

_HOMES = {
    "Interests": "digest.core.subscriber",
    "Keyword": "digest.core.subscriber",
    "Match": "digest.core.edition",
    "Paper": "digest.core.paper",
    "PaperId": "digest.core.paper",
    "Profile": "digest.core.rank",
    "Ranking": "digest.core.rank",
    "Reason": "digest.core.edition",
    "Rendered": "digest.core.render",
    "Signals": "digest.core.paper",
    "Subscriber": "digest.core.subscriber",
}


def rank(
    papers: Sequence["Paper"], profiles: Sequence["Profile"], *, liked: Iterable["Paper"] = ()
) -> list["Ranking"]:
    """Choose the best papers for each profile.

    Args:
        papers: what to choose from.
        profiles: for whom.
        liked: papers that profiles name as liked and that are not among ``papers``.

    Returns:
        One ranking for each profile, in their order; its ``matches`` are best first.
    """
    from digest.core import rank as ranking  # noqa: PLC0415 - brings numpy and scipy

    known = {paper.id: paper for paper in liked}
    return ranking.rank(ranking.Pool(papers), profiles, liked=known)


def render(
    ranking: "Ranking",
    reader: "Subscriber",
    *,
    day: date,
    unsubscribe: str,
    considered: int = 0,
    list_name: str = "Trending papers",
    theme: str = "default",
) -> "Rendered[str]":
    """Render a ranking as one reader's mail: subject, HTML and text.

    Args:
        ranking: what ``rank`` returned for this reader.
        reader: whom the mail greets, and whose interests it names.
        day: the date it bears.
        unsubscribe: an https or mailto URL for its foot.
        considered: how many papers there were to choose from; 0 leaves that unsaid.
        list_name: the list's name, on top and in the subject.
        theme: one of the themes that come with the program.

    Raises:
        ThemeError: there is no such theme.
    """
    from digest.core.edition import Edition  # noqa: PLC0415 - `import digest` stays fast
    from digest.core.render import Links, MailList, Renderer  # noqa: PLC0415 - brings jinja2
    from digest.core.schedule import Slot  # noqa: PLC0415 - `import digest` stays fast

    edition = Edition(
        subscriber_id=reader.id,
        slot=Slot(day, day.isoformat()),
        created_at=datetime.combine(day, time(), UTC),
        cutoff=0,
        considered=considered,
        matched=ranking.matched,
        picks=ranking.matches,
    )
    renderer = Renderer(_theme(theme), MailList(name=list_name))
    return renderer.render(edition, reader, Links(unsubscribe=unsubscribe))


@cache
def _theme(name: str) -> "Theme":
    # By name: modules below the themes import this one for its version, and may not know them.
    theme: Theme = import_module("digest.themes").load_theme(name)
    return theme


def __getattr__(name: str) -> object:
    """Import a value's class when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
