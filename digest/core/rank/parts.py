"""The parts of a board: what readers say they want, each turned into points for papers."""

from collections.abc import Iterator, Mapping, Sequence

from digest.core.edition import ReasonKind
from digest.core.paper import Paper, PaperId
from digest.core.rank.meanings import Meanings
from digest.core.rank.near import meaning_of_liked, meaning_of_terms
from digest.core.rank.part import Part
from digest.core.rank.part_disliked import DislikedPart
from digest.core.rank.part_facets import FacetPart
from digest.core.rank.part_liked import LikedPart
from digest.core.rank.part_meaning import MeaningPart
from digest.core.rank.part_saved import SavedPart
from digest.core.rank.part_terms import TermPart
from digest.core.rank.pool import Pool
from digest.core.rank.results import Profile
from digest.core.rank.scale import AUTHOR_POINTS, CATEGORY_POINTS, WORDS_SAY
from digest.core.rank.subjects import papers_in
from digest.core.rank.wishes import (
    TermReader,
    Wishes,
    authors_of,
    categories_of,
    disliked_of,
    liked_of,
)


class Parts:
    """The parts of some readers' points, made one by one.

    Args:
        pool: the papers.
        profiles: the readers.
        texts: the papers by id, liked, saved and disliked ones among them.
        meanings: vectors of what readers say and like, or None to go by words alone.
        tail: what share of their points papers keep that do not quite match.

    Attributes:
        terms: the readers' terms, and who asked for them.
    """

    def __init__(
        self,
        pool: Pool,
        profiles: Sequence[Profile],
        texts: Mapping[PaperId, Paper],
        *,
        meanings: Meanings | None,
        tail: float,
    ) -> None:
        self._pool = pool
        self._profiles = profiles
        self._texts = texts
        self._meanings = meanings
        self._tail = tail
        self._space = pool.space if meanings else None
        self._say = 1.0 if self._space is None else WORDS_SAY
        self._reader = TermReader()
        self.terms = self._reader.wishes(profiles)
        self._likes = liked_of(profiles, texts)

    def by_terms(self) -> Iterator[TermPart | MeaningPart]:
        """Yield the parts of keywords and free words."""
        if not self.terms.distinct:
            return
        by_words = TermPart(
            self._pool,
            self._profiles,
            reader=self._reader,
            wishes=self.terms,
            liked=self._likes.per_reader,
            tail=self._tail,
            say=self._say,
        )
        yield by_words
        if self._space and self._meanings:
            yield from meaning_of_terms(
                self._space,
                self._meanings,
                self._profiles,
                reader=self._reader,
                wishes=self.terms,
                clearness=by_words.clearness(),
                liked=self._likes.per_reader,
                faint=self._tail > 0,
            )

    def by_liked(self) -> Iterator[Part]:
        """Yield the parts of liked and saved papers."""
        likes, terms = self._likes, self.terms.per_reader
        if not likes.distinct:
            return
        known = [self._texts[each] for each in likes.distinct]
        part = LikedPart(
            self._pool.likeness, likes, known, terms=terms, tail=self._tail, say=self._say
        )
        yield SavedPart(part, self._profiles, self._texts)
        if self._space and self._meanings:
            yield from meaning_of_liked(
                self._space, self._meanings, likes, known, terms=terms, faint=self._tail > 0
            )

    def by_disliked(self) -> Iterator[Part]:
        """Yield the part of disliked papers."""
        dislikes = disliked_of(self._profiles, self._texts)
        if dislikes.distinct:
            known = [self._texts[each] for each in dislikes.distinct]
            yield DislikedPart(self._pool.likeness, dislikes, known)

    def by_authors(self) -> FacetPart:
        """Return the part of followed authors."""
        wishes = authors_of(self._profiles)
        found = self._pool.authors.papers_by(wishes.distinct)
        return self._facets(ReasonKind.AUTHOR, AUTHOR_POINTS, wishes, found)

    def by_categories(self) -> FacetPart:
        """Return the part of categories."""
        wishes = categories_of(self._profiles)
        found = papers_in(wishes.distinct, (paper.categories for paper in self._pool.papers))
        return self._facets(ReasonKind.CATEGORY, CATEGORY_POINTS, wishes, found)

    def _facets(
        self, kind: ReasonKind, points: float, wishes: Wishes[str], found: Sequence[Sequence[int]]
    ) -> FacetPart:
        papers = len(self._pool.papers)
        return FacetPart(kind=kind, points=points, wishes=wishes, papers_with=found, papers=papers)
