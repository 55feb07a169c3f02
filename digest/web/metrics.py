"""How things stand, for Prometheus and what reads its formats.

All are gauges that are counted when they are asked for, so that they are the same whichever
process answers. https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from digest.pipeline.report_facts import State


def exposition(state: State, accepted: str) -> tuple[bytes, str]:
    """Return the metrics, and their media type; they hold no address and no reader.

    Args:
        state: how things stand.
        accepted: the formats that the asker reads, as a header ``Accept`` has them.
    """
    encode, media_type = choose_encoder(accepted)
    return encode(_Metrics(state)), media_type


@dataclass(frozen=True, slots=True)
class _Metrics(Collector):
    """Everything that is measured."""

    state: State

    def collect(self) -> Iterator[Metric]:
        """Yield families of numbers."""
        yield from _readers_and_mails(self.state)
        yield from _sources(self.state)
        yield from _relays(self.state)


def _readers_and_mails(state: State) -> Iterator[Metric]:
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


def _sources(state: State) -> Iterator[Metric]:
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


def _relays(state: State) -> Iterator[Metric]:
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


def _family(
    name: str, about: str, label: str, samples: Iterable[tuple[str, float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"digest_{name}", about, labels=[label])
    for of, value in samples:
        family.add_metric([str(of)], value)
    return family
