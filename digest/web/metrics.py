"""How things stand, for Prometheus: its text format, version 0.0.4.

All are gauges that are counted when they are asked for, so that they are the same whichever
process answers. https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterable, Iterator

from digest.pipeline.report_facts import State

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_Samples = Iterable[tuple[str, float]]


def exposition(state: State) -> str:
    """Return the metrics; they hold no address and no reader."""
    return "".join(_families(state))


def _families(state: State) -> Iterator[str]:
    yield _family("readers", "Readers by where they stand.", "state", state.readers.items())
    yield _family(
        "deliveries_waiting",
        "Deliveries that are not settled, by state.",
        "state",
        state.waiting.items(),
    )
    yield _family(
        "deliveries_recent",
        "Deliveries of the editions since yesterday, by state.",
        "state",
        state.delivered.items(),
    )
    yield _family(
        "came_back_recent",
        "Bounces, complaints and requests since yesterday's midnight (UTC), by kind.",
        "kind",
        state.came_back.items(),
    )
    yield _family(
        "suppressed_addresses",
        "Addresses that must not be mailed, by what led to it.",
        "cause",
        state.suppressed.items(),
    )
    yield from _sources(state)
    yield _family(
        "relay_failures",
        "Runs in a row that ended in the relay's trouble.",
        "relay",
        ((of.name, of.failures) for of in state.relays),
    )
    yield _family(
        "relay_sent_today",
        "Mails counted against the relay's day (UTC).",
        "relay",
        ((of.name, of.sent_today) for of in state.relays),
    )


def _sources(state: State) -> Iterator[str]:
    yield _family(
        "source_failures",
        "Answers in a row that were not good.",
        "source",
        ((of.name, of.failures) for of in state.sources),
    )
    yield _family(
        "source_good_timestamp_seconds",
        "When the source last gave a good answer.",
        "source",
        ((of.name, of.good_at.timestamp()) for of in state.sources if of.good_at),
    )
    yield _family(
        "source_papers",
        "Papers that the source told of first.",
        "source",
        ((of.name, of.papers_total) for of in state.sources),
    )


def _family(name: str, about: str, label: str, samples: _Samples) -> str:
    full = f"digest_{name}"
    lines = [f"# HELP {full} {about}", f"# TYPE {full} gauge"]
    lines += [f'{full}{{{label}="{_escaped(of)}"}} {value:.15g}' for of, value in samples]
    return "\n".join(lines) + "\n"


def _escaped(value: str) -> str:
    return str(value).replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
