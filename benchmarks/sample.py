"""Made-up papers and readers, always the same, and one ready mail of the size of a digest."""

import base64
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Record = dict[str, Any]

_KINDS = """adaptive bayesian causal contrastive dense differentiable equivariant federated
    generative hierarchical implicit interpretable latent low-rank modular multimodal neural
    non-convex probabilistic quantised recurrent robust self-supervised sparse spectral
    stochastic structured symbolic temporal variational"""
_THINGS = """alignment attention autoencoders calibration clustering compression decoding diffusion
    distillation embeddings exploration factorisation forecasting graphs inference kernels
    language-models manifolds memory optimisation parsing planning pruning ranking retrieval
    routing sampling segmentation summarisation transformers translation"""
_PHRASES = [f"{kind} {thing}" for kind in _KINDS.split() for thing in _THINGS.split()]
_SENTENCES = (
    "We study {0} and ask when it helps.",
    "Our method joins {0} with {1}, at a cost of O(n log n) for n ≤ 10⁶ examples.",
    "On five collections it is better than {0} by 3–7 % (p < 0.05).",
    "The proof needs only that the noise Σ & the step Δ are bounded.",
    "Earlier work on {0} could not say why; an analysis of {1} does.",
    "Code, data and all settings are public, and every run can be repeated.",
)
_GIVEN = ("Ana", "Bram", "Céline", "Dae", "Elif", "François", "Gül", "Hiro", "Inés", "Łukasz")
_FAMILY = ("Núñez", "Okafor", "Petrović", "Rosén", "Tanaka", "Ünal", "Vogel", "Xu", "O'Brien")
_PICKS = 10
_LAST_DAY = date(2026, 11, 20)


def papers(count: int, *, day: date = _LAST_DAY) -> list[Record]:
    """Return papers as ``digest harvest`` takes them from a file, published before a day."""
    dice = random.Random(1)  # noqa: S311 (made-up data, no secret)
    return [_paper(number, day, dice) for number in range(count)]


def readers(count: int) -> Iterator[Record]:
    """Yield readers as ``digest subscribers import`` takes them, eight interests each."""
    dice = random.Random(2)  # noqa: S311 (made-up data, no secret)
    for number in range(count):
        yield {
            "email": f"reader{number}@example.com",
            "name": _name(dice),
            "interests": dice.sample(_PHRASES, 8),
            "max_papers": _PICKS,
        }


def write_lines(file: Path, records: Iterator[Record] | list[Record]) -> None:
    """Write JSON lines."""
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def ready_mail(size: int = 44_000) -> bytes:
    """Return a mail of about so many bytes as it goes over the wire.

    CRLF line ends, none longer than 76 bytes, no line that begins with a dot: nothing is
    left for a sender to mend.
    """
    dice = random.Random(3)  # noqa: S311 (made-up data, no secret)
    lines = base64.encodebytes(dice.randbytes(int(size * 0.73))).splitlines()
    head = (
        b"From: Digest <digest@example.org>\r\nTo: Reader <reader@example.com>\r\n"
        b"Subject: Ten papers for you\r\nMessage-ID: <ready@example.org>\r\n"
        b"Date: Fri, 20 Nov 2026 07:30:00 +0000\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return head + b"\r\n".join(lines) + b"\r\n"


def _paper(number: int, day: date, dice: random.Random) -> Record:
    key = f"26{dice.randint(10, 11)}.{number:05}"
    first, second = dice.sample(_PHRASES, 2)
    return {
        "id": f"arxiv:{key}",
        "title": f"{first.capitalize()} for {second}, {number} ways",
        "abstract": " ".join(
            dice.choice(_SENTENCES).format(*dice.sample(_PHRASES, 2)) for _ in range(14)
        ),
        "authors": [_name(dice) for _ in range(dice.randint(2, 6))],
        "categories": [dice.choice(("cs.LG", "cs.CL", "cs.IR", "stat.ML"))],
        "published": str(day - timedelta(days=dice.randint(0, 5))),
        "url": f"https://arxiv.org/abs/{key}",
        "pdf_url": f"https://arxiv.org/pdf/{key}",
        "upvotes": dice.randint(0, 90),
    }


def _name(dice: random.Random) -> str:
    return f"{dice.choice(_GIVEN)} {dice.choice(_FAMILY)}"
