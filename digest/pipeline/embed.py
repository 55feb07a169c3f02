"""Embed: turn papers and what readers ask for into vectors, each text once.

Vectors of papers are kept in the store, those of phrases for as long as the process lives:
what readers typed stays where they typed it. A model that fails is told once; ranking then
goes on by words.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import structlog
from numpy.typing import NDArray

from digest.core.paper import Paper, PaperId
from digest.core.rank import Meanings, Profile, said_by, text_of
from digest.errors import EncoderError
from digest.ports import Encoder, VectorStore

_Vectors = NDArray[np.float32]

_AT_ONCE = 128  # texts to embed before they are kept; a crash loses no more
_PHRASES_KEPT = 20_000
_PATIENCE = 1.0  # seconds
_STORED = np.dtype("<f2")  # half the size, and no ranking changes by it

_log = structlog.get_logger(__name__)


class Embedder:
    """Gives texts to the model, and remembers what it said; usable from any thread.

    Args:
        open_encoder: opens the model when the first text needs it.
        store: where the vectors of papers are kept.
        progress: called with the number of texts embedded since the last call.
    """

    def __init__(
        self,
        open_encoder: Callable[[], Encoder],
        store: VectorStore,
        *,
        progress: Callable[[int], None] = lambda _papers: None,
    ) -> None:
        self._open = open_encoder
        self._store = store
        self._progress = progress
        self._encoder: Encoder | None = None
        self._has_failed = False
        self._turn = threading.RLock()
        self._phrases: OrderedDict[str, _Vectors] = OrderedDict()

    def papers(self, papers: Sequence[Paper]) -> _Vectors | None:
        """Return one vector a paper, zeros where there is none; None when there are none."""
        texts = {_key(text): text for text in map(text_of, papers)}
        return _in_order(papers, self._stored(texts))

    def known(self, papers: Sequence[Paper]) -> _Vectors | None:
        """Return what ``papers`` does, without making or storing any vector.

        None, too, while the model is at work on other papers: nobody waits long.
        """
        keys = [_key(text_of(paper)) for paper in papers]
        with self._soon() as is_free:
            encoder = self._working() if is_free else None
        if encoder is None or not keys:
            return None
        return _in_order(papers, self._store.vectors(keys, model=encoder.name))

    def asked(self, profile: Profile) -> Meanings | None:
        """Return the vectors of what somebody searches for; None as ``known`` does."""
        with self._soon() as is_free:
            return self.meanings([profile], {}) if is_free else None

    def meanings(
        self, profiles: Sequence[Profile], liked: Mapping[PaperId, Paper]
    ) -> Meanings | None:
        """Return the vectors of what these readers say and like; None when there are none."""
        phrases = self._of_phrases({said for each in profiles for said in said_by(each.interests)})
        vectors = self.papers([*liked.values()])
        known = {} if vectors is None else dict(zip(liked, vectors, strict=True))
        return Meanings(phrases=phrases, liked=known) if phrases or known else None

    @contextmanager
    def _soon(self) -> Iterator[bool]:
        """Take the turn if it is free within a moment, and tell whether it was."""
        is_free = self._turn.acquire(timeout=_PATIENCE)
        try:
            yield is_free
        finally:
            if is_free:
                self._turn.release()

    def _stored(self, texts: Mapping[str, str]) -> dict[str, bytes]:
        """Return the vectors of papers' texts by key, after making those that are missing."""
        with self._turn:
            encoder = self._working()
            if encoder is None or not texts:
                return {}
            stored = self._store.vectors(texts, model=encoder.name)
            missing = {key: text for key, text in texts.items() if key not in stored}
            for made in self._made(encoder, missing):
                self._store.keep_vectors(made, model=encoder.name)
                stored |= made
        return stored

    def _made(self, encoder: Encoder, missing: Mapping[str, str]) -> Iterator[dict[str, bytes]]:
        keys = list(missing)
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            vectors = self._encode(encoder, [missing[key] for key in some])
            if vectors is None:
                return
            yield {
                key: vector.astype(_STORED).tobytes()
                for key, vector in zip(some, vectors, strict=True)
            }
            self._progress(len(some))
            _log.info("embedded", papers=start + len(some), of=len(keys))

    def _of_phrases(self, texts: set[str]) -> dict[str, _Vectors]:
        with self._turn:
            new = sorted(texts - self._phrases.keys())
            encoder = self._working() if new else None
            vectors = self._encode(encoder, new) if encoder else None
            if vectors is not None:
                self._phrases.update(zip(new, vectors, strict=True))
            found = {text: self._phrases[text] for text in texts if text in self._phrases}
            for text in found:
                self._phrases.move_to_end(text)
            while len(self._phrases) > _PHRASES_KEPT:
                self._phrases.popitem(last=False)
        return found

    def _working(self) -> Encoder | None:
        """Return the model, opened when it is first needed, or None once it has failed."""
        if self._encoder is None and not self._has_failed:
            try:
                self._encoder = self._open()
            except EncoderError as error:
                self._give_up(error)
            else:
                self._store.drop_vectors(except_of=self._encoder.name)
        return None if self._has_failed else self._encoder

    def _encode(self, encoder: Encoder, texts: Sequence[str]) -> _Vectors | None:
        try:
            return encoder.encode(texts)
        except EncoderError as error:
            self._give_up(error)
            return None

    def _give_up(self, error: EncoderError) -> None:
        self._has_failed = True
        _log.warning("semantic_off", why=str(error))


def _in_order(papers: Sequence[Paper], stored: Mapping[str, bytes]) -> _Vectors | None:
    """Return one vector a paper, zeros where there is none; None when there are none."""
    if not stored:
        return None
    unknown = bytes(len(next(iter(stored.values()))))
    joined = b"".join(stored.get(_key(text_of(paper)), unknown) for paper in papers)
    return np.frombuffer(joined, _STORED).reshape(len(papers), -1).astype(np.float32)


def _key(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
