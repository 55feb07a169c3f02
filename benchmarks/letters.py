"""Measure the making of mails: microseconds of the processor for each step, and sizes.

    python benchmarks/letters.py [--papers 300] [--readers 2000] [--rounds 5]

Papers and readers are made up from a fixed seed. Every reader gets ten papers, each for one
to three reasons, and all links. The simple way renders a mail as text and encodes the whole;
what is sent is joined from pieces that were encoded when they were first wanted. Steps are
measured in turns, and the median of the rounds is shown: the machine may be busy.
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as clock_time
from functools import cache, partial
from statistics import mean, median

from digest.core.edition import Edition, Match, Reason, ReasonKind
from digest.core.links import LinkMaker
from digest.core.message import Message, assemble, build_message
from digest.core.paper import Paper, PaperId, Signals
from digest.core.render import MailList, Renderer
from digest.core.schedule import Cadence, Schedule, Slot
from digest.core.subscriber import Interests, Keyword, Subscriber, TextField
from digest.core.tokens import KeyRing
from digest.pipeline.letters import Letterhead, LetterRoom
from digest.themes import load_theme

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
_CARDS = 10
_PHRASES = 1_000
_STEP_BY_STEP = 100  # readers, for what the steps make is kept
_PHRASES_EACH = 8
_SENTENCES, _SENTENCE_WORDS, _TITLE_WORDS = 8, 18, 9
_WORDS = [
    *("dense", "sparse", "neural", "graph", "causal", "quantum", "robust", "efficient"),
    *("retrieval", "learning", "models", "agents", "attention", "diffusion", "language"),
    *("protein", "galaxies", "planning", "evaluation", "memory", "noise", "transfer"),
    *("search", "privacy", "speech", "vision", "theory", "for", "of", "with", "in"),
]
_NAMES = ["Ada", "Bo", "Chen", "Dana", "Émile", "Farid", "Grace", "Hana", "Jörg", "Mei", "Oğuz"]
_ZONES = ["Europe/Paris", "America/New_York", "Asia/Tokyo", "UTC"]


@dataclass(frozen=True, slots=True)
class Case:
    """A mail to make."""

    edition: Edition
    reader: Subscriber
    message_id: str


class Workbench:
    """Each step of making a mail, by itself."""

    def __init__(self) -> None:
        theme = load_theme("default")

        @cache
        def renderer(_name: str) -> Renderer:
            return Renderer(theme, MailList(name="Trending papers", byline="by our readers"))

        self.room = LetterRoom(
            letterhead=Letterhead(
                list_name="Trending papers", sender_name="", sender_address="digest@example.org"
            ),
            renderer=renderer,
            links=LinkMaker(
                base_url="https://digest.example.org",
                sender_address="digest@example.org",
                keys=KeyRing((bytes(range(32)),)),
            ),
            clock=lambda: NOW,
        )
        self.renderer = renderer("default")

    def prepare(self, cases: Sequence[Case]) -> list["Job"]:
        """Make what each step takes from the steps before it."""
        return [self._prepared(case) for case in cases]

    def _prepared(self, case: Case) -> "Job":
        links = self.room.links.links(case.reader, case.edition, NOW)
        arguments = case.edition, case.reader, links.shown
        proof, joined = self.renderer.proof(*arguments), self.renderer.encode(*arguments)
        headers = self.room.headers(
            case.edition,
            case.reader,
            message_id=case.message_id,
            subject=joined.subject,
            links=links,
            date=NOW,
        )
        simple = build_message(headers, text=proof.text, html=proof.html)
        if simple != bytes(self._write(case)):
            raise SystemExit(f"{case.message_id}: joined and simple mail differ")
        room, renderer = self.room, self.renderer
        steps = {
            "simple: render as text": lambda: renderer.proof(*arguments),
            "simple: encode the whole, headers": lambda: build_message(
                headers, text=proof.text, html=proof.html
            ),
            "joined: links": lambda: room.links.links(case.reader, case.edition, NOW),
            "joined: bodies": lambda: renderer.encode(*arguments),
            "joined: headers, parts": lambda: assemble(headers, text=joined.text, html=joined.html),
        }
        return Job(steps, len(simple), len(proof.html.encode()), len(proof.text.encode()))

    def _write(self, case: Case) -> Message:
        return self.room.write(case.edition, case.reader, case.message_id).message

    def write_all(self, cases: Sequence[Case]) -> None:
        """Make every mail once."""
        for case in cases:
            self._write(case)


@dataclass(frozen=True, slots=True)
class Job:
    """A mail's steps, ready to be repeated, and its sizes in bytes."""

    steps: dict[str, Callable[[], object]]
    message: int
    html: int
    text: int


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--papers", type=int, default=300)
    parser.add_argument("--readers", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    cases = made_up(arguments.papers, arguments.readers)
    bench = Workbench()
    print(f"{arguments.papers} papers, {arguments.readers} readers, {_CARDS} cards a mail\n")
    print(f"{'us of the processor':44}{'a mail':>8}{'a second':>10}")
    _show("the first mail", _timed(lambda: bench.write_all(cases[:1])))
    _show("each reader's first, papers new", _timed(lambda: bench.write_all(cases)) / len(cases))
    _show("everything, papers seen before", _warm(bench, cases, arguments.rounds))
    jobs = bench.prepare(cases[:_STEP_BY_STEP])
    for name, seconds in _measured(jobs, arguments.rounds).items():
        _show(name, seconds)
    print(f"\n{'bytes':44}{'a mail':>8}")
    for name in ("message", "html", "text"):
        print(f"{name:44}{mean(getattr(job, name) for job in jobs):8.0f}")


def _warm(bench: Workbench, cases: Sequence[Case], rounds: int) -> float:
    return median(_timed(lambda: bench.write_all(cases)) for _ in range(rounds)) / len(cases)


def _measured(jobs: Sequence[Job], rounds: int) -> dict[str, float]:
    """Return the seconds that each step takes for one mail."""
    taken: dict[str, list[float]] = {name: [] for name in jobs[0].steps}
    for _ in range(rounds):
        for name, times in taken.items():
            steps = [job.steps[name] for job in jobs]
            times.append(_timed(partial(_run, steps)))
    return {name: median(times) / len(jobs) for name, times in taken.items()}


def _run(steps: Sequence[Callable[[], object]]) -> None:
    for step in steps:
        step()


def _timed(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


def _show(name: str, seconds: float) -> None:
    print(f"{name:44}{seconds * 1e6:8.0f}{1 / seconds:10,.0f}", flush=True)


def made_up(papers: int, readers: int) -> list[Case]:
    """Return mails for readers who share papers and phrases."""
    dice = random.Random(5)  # noqa: S311 (made-up data, no secret)
    library = [_paper(number, dice) for number in range(papers)]
    phrases = [_words(2, dice) for _ in range(_PHRASES)]
    return [_case(number, library, phrases, dice) for number in range(readers)]


def _paper(number: int, dice: random.Random) -> Paper:
    key = f"2611.{number:05}"
    return Paper(
        id=PaperId(f"arxiv:{key}"),
        title=_words(_TITLE_WORDS, dice).capitalize(),
        abstract=" ".join(
            f"{_words(_SENTENCE_WORDS, dice).capitalize()}." for _ in range(_SENTENCES)
        ),
        authors=tuple(_name(dice) for _ in range(dice.randrange(1, 9))),
        categories=("cs.IR",),
        published=NOW,
        url=f"https://arxiv.org/abs/{key}",
        pdf_url=f"https://arxiv.org/pdf/{key}",
        signals=Signals(upvotes=dice.randrange(50)),
        sources=("arxiv",),
    )


def _case(
    number: int, library: Sequence[Paper], phrases: Sequence[str], dice: random.Random
) -> Case:
    wanted = dice.sample(phrases, _PHRASES_EACH)
    reader = Subscriber(
        id=number + 1,
        email=f"reader{number}@example.org",
        name=_name(dice),
        interests=Interests(keywords=tuple(Keyword(term=phrase) for phrase in wanted)),
        schedule=Schedule(
            cadence=Cadence.parse("weekdays"),
            send_at=clock_time(dice.randrange(6, 10), 30),
            timezone=dice.choice(_ZONES),
        ),
    )
    edition = Edition(
        id=number,
        subscriber_id=reader.id,
        slot=Slot.parse("2026-11-23"),
        created_at=NOW,
        cutoff=1,
        considered=1_043,
        matched=_CARDS + dice.randrange(50),
        picks=tuple(_match(paper, wanted, dice) for paper in dice.sample(library, _CARDS)),
    )
    return Case(edition, reader, f"<2026-11-23.{number}@example.org>")


def _match(paper: Paper, wanted: Sequence[str], dice: random.Random) -> Match:
    reasons = tuple(
        Reason(
            kind=ReasonKind.TERM,
            text=phrase,
            field=dice.choice([None, *TextField]),
            count=dice.randrange(1, 4),
            points=dice.random(),
        )
        for phrase in dice.sample(wanted, dice.randrange(1, 4))
    )
    return Match(paper=paper, score=0.5, reasons=reasons)


def _words(count: int, dice: random.Random) -> str:
    return " ".join(dice.choices(_WORDS, k=count))


def _name(dice: random.Random) -> str:
    return f"{dice.choice(_NAMES)} {_words(1, dice).capitalize()}"


if __name__ == "__main__":
    main()
