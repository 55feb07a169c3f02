"""Join the sentence model to the pipeline, as ``[semantic]`` says."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from digest.config import Config
from digest.core.paper import Paper, PaperId
from digest.store import Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from digest.core.rank import Meanings, Profile
    from digest.pipeline.embed import Embedder
    from digest.semantic import OnnxEncoder


def open_embedder(config: Config, store: Store) -> "Embedder | None":
    """Return what embeds papers and phrases; None where ranking goes by words alone.

    The model itself is opened when the first text needs it.
    """
    if not config.semantic.enabled:
        return None
    from digest.pipeline.embed import Embedder

    return Embedder(partial(encoder_of, config), store.vectors)


def embed_news(embedder: "Embedder", config: Config, store: Store, now: datetime) -> None:
    """Make the vectors of what is new, so that composing need not wait for them."""
    from digest.pipeline.window import news

    stored = news(store.papers, now=now, max_age=config.digest.max_age)
    embedder.papers([paper.paper for paper in stored])


def encoder_of(config: Config) -> "OnnxEncoder":
    """Open the model that is configured.

    Raises:
        EncoderError: the extra is missing, or the file is not what it should be.
    """
    from digest.semantic import open_encoder

    settings = config.semantic
    model = config.path(settings.model) if settings.model else None
    return open_encoder(model, threads=settings.threads)


def check_semantic(config: Config) -> str:
    """Open the model and let it work; say which one it is.

    Raises:
        EncoderError: it cannot be used.
    """
    settings = config.semantic
    if not settings.enabled:
        return "off; ranking goes by words"
    encoder = encoder_of(config)
    which = config.path(settings.model) if settings.model else "the installed model"
    return f"ranking by meaning with {which}, sha256 {encoder.name}…"


def embed_files(
    papers: Sequence[Paper],
    profiles: "Sequence[Profile]",
    liked: Mapping[PaperId, Paper],
    *,
    progress: Callable[[int], None],
) -> "tuple[NDArray[np.float32] | None, Meanings | None]":
    """Return vectors of papers, and of what profiles say and like, keeping none.

    Raises:
        EncoderError: the installed model cannot be used.
    """
    from digest.pipeline.embed import Embedder
    from digest.semantic import open_encoder

    encoder = open_encoder(None)
    embedder = Embedder(lambda: encoder, _Passing(), progress=progress)
    return embedder.papers(papers), embedder.meanings(profiles, liked)


class _Passing:
    """A ``VectorStore`` that lasts no longer than the command."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def vectors(self, keys: Iterable[str], *, model: str) -> dict[str, bytes]:  # noqa: ARG002 - one model
        return {key: self._kept[key] for key in keys if key in self._kept}

    def keep_vectors(self, made: Mapping[str, bytes], *, model: str) -> None:  # noqa: ARG002 - one model
        self._kept |= made

    def drop_vectors(self, *, except_of: str) -> None:
        """Have none to drop."""
