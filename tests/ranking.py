"""A few papers for a rule of the ranking, and what one reader gets of them."""

from hypothesis import settings

from digest.core.rank import Pool, Profile, rank
from digest.core.subscriber import Interests, Keyword
from tests.builders import a_paper

FEWER = settings(max_examples=settings().max_examples // 2)  # each ranks a pool of its own
FILLER = [  # other people's papers, which make words rare or common
    "Protein folding with symmetric networks",
    "A study of coral reefs in warm water",
    "Fair division of indivisible goods",
    "Grasping soft objects with robot hands",
    "Speech recognition for quiet rooms",
    "Lattice cryptography without trapdoors",
]


def papers(*texts):
    """Make papers of titles, or of (title, abstract), and the filler after them."""
    pairs = [text if isinstance(text, tuple) else (text, "") for text in (*texts, *FILLER)]
    return [
        a_paper(f"2406.{number:05}", title=title, abstract=abstract)
        for number, (title, abstract) in enumerate(pairs, 1)
    ]


def picks(found, wanted, **options):
    """Return the places in ``found`` of the papers that a reader gets, best first."""
    profile = Profile(id="ada", interests=wanted, **options)
    [ranking] = rank(Pool(found), [profile])
    return [found.index(match.paper) for match in ranking.matches]


def score(found, wanted, place=0):
    [ranking] = rank(Pool(found), [Profile(id="ada", interests=wanted, limit=99)])
    return {found.index(match.paper): match.score for match in ranking.matches}.get(place, 0.0)


def keyword(term, **fields):
    return Interests(keywords=(Keyword(term=term, **fields),))
