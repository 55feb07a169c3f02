"""Why a reader did or did not get a mail, as a reason code and a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.core.bounces import Suppression
from digest.core.delivery import Delivery, DeliveryState
from digest.core.edition import Edition
from digest.core.outcome import Cause
from digest.core.schedule import Schedule, Slot, current_slot, due_at, next_slot, slot_on
from digest.core.subscriber import Origin, Status, Subscriber
from digest.ports import RelayRecord, SourceRecord


class Code(StrEnum):
    """What came of a slot, or why nothing did."""

    SENT = "sent"
    QUEUED = "queued"
    SENDING = "sending"
    DEFERRED = "deferred"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    SUPPRESSED = "suppressed"
    EMPTY = "empty"
    NOT_COMPOSED = "not-composed"
    NOT_DUE = "not-due"
    NO_SLOT = "no-slot"
    PENDING = "pending"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"


_WHO_ENDED_IT = {
    None: "the reader unsubscribed",
    Origin.FILE: "the reader was taken out of the configuration file",
    Origin.COMMAND: "the reader was removed with `digest subscribers remove`",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer for one reader and slot.

    Attributes:
        slot: the slot's key, "" when none is open.
        code: the reason, for scripts.
        cause: what was behind it, where a delivery tells; for scripts.
        sentence: the reason, for people.
    """

    slot: str
    code: Code
    sentence: str
    cause: Cause = Cause.NONE


def why(
    subscriber: Subscriber,
    slot: Slot | None,
    editions: Sequence[Edition],
    deliveries: Sequence[Delivery],
    *,
    now: datetime,
    suppression: Suppression | None = None,
    relays: Sequence[RelayRecord] = (),
    sources: Sequence[SourceRecord] = (),
    library: str = "",
) -> Verdict:
    """Say what came of a slot.

    Args:
        subscriber: the reader.
        slot: the slot asked about; None takes the one that ``now`` lies in.
        editions: the reader's editions for it (none or one), or one that stands for it.
        deliveries: the deliveries of those editions (none or one).
        now: the present (UTC).
        suppression: why the reader's address must not be mailed, if so.
        relays: the ways out that are in trouble.
        sources: what is known of the sources.
        library: why the reader's bibliography cannot be read, if so.
    """
    wanted = slot or current_slot(subscriber.schedule, now)
    key = wanted.key if wanted else ""
    theirs = slot_on(subscriber.schedule, wanted.day) if wanted else None
    if deliveries:
        sentence = _of_delivery(deliveries[0], editions[0])
        if suppression and deliveries[0].state is DeliveryState.SUPPRESSED:
            sentence = f"not sent: {_of_suppression(suppression)}"
        if editions[0].slot.key != key:
            sentence = f"the mail of {editions[0].slot.key} stands for this slot: {sentence}"
        code, cause = Code(deliveries[0].state.value), deliveries[0].cause
        if relays and code is Code.QUEUED:
            sentence, cause = f"{sentence}: {_of_relays(relays)}", relays[0].cause
        return Verdict(slot=key, code=code, sentence=sentence, cause=cause)
    if editions:
        sentence = _of_empty(editions[0], subscriber, sources)
        return Verdict(slot=key, code=Code.EMPTY, sentence=sentence)
    if wanted and theirs and theirs.key != key:
        sentence = _of_no_slot(subscriber.schedule, theirs)
        return Verdict(slot=key, code=Code.NO_SLOT, sentence=sentence)
    if suppression and subscriber.wants_mail(now):
        return Verdict(slot=key, code=Code.SUPPRESSED, sentence=_of_suppression(suppression))
    return _of_nothing(subscriber, theirs, key, now, library)


def _of_delivery(delivery: Delivery, edition: Edition) -> str:  # noqa: PLR0911 - one a state
    papers = f"{len(edition.picks)} of {edition.considered} candidates"
    match delivery.state:
        case DeliveryState.SENT:
            return (
                f"accepted by the next hop at {_at(delivery.sent_at)} with {papers} "
                f"({delivery.reply})"
            )
        case DeliveryState.QUEUED:
            return f"composed with {papers}, waiting to be sent"
        case DeliveryState.SENDING:
            return (
                f"attempt {delivery.attempts} is under way since a claim by {delivery.lease_owner}"
            )
        case DeliveryState.DEFERRED:
            again = _at(delivery.next_attempt_at)
            return f"attempt {delivery.attempts} did not work ({delivery.reply}); again at {again}"
        case DeliveryState.FAILED:
            return f"failed for good: {delivery.reply}"
        case DeliveryState.IN_DOUBT:
            return f"held, it may have arrived: {delivery.reply}"
        case DeliveryState.SUPPRESSED:
            return f"not sent: {delivery.reply or 'the address must not be mailed'}"


def _of_suppression(suppression: Suppression) -> str:
    return f"the address is suppressed since {_at(suppression.since)}: {suppression.reason}"


def _of_relays(relays: Sequence[RelayRecord]) -> str:
    return "; ".join(
        f"{of.name} is in trouble since {_at(of.since)}: {of.trouble}" for of in relays
    )


def _of_empty(edition: Edition, subscriber: Subscriber, sources: Sequence[SourceRecord]) -> str:
    if not edition.considered:
        mute = [source for source in sources if _is_mute(source, edition.created_at)]
        return "; ".join(["no paper was new to this reader", *map(_of_source, mute)])
    if edition.matched:
        return (
            f"{edition.matched} of {edition.considered} new papers matched, none reached "
            f"min_score {subscriber.min_score:g}"
        )
    return f"none of {edition.considered} new papers matched the interests"


def _is_mute(source: SourceRecord, moment: datetime) -> bool:
    """Tell whether a source never answered well, or fails and last did so before this."""
    return source.good_at is None or (source.failures > 0 and source.good_at < moment)


def _of_source(source: SourceRecord) -> str:
    if not source.state:
        return f"source {source.name} was never asked"
    last = f"since {_at(source.good_at)}" if source.good_at else "yet"
    trouble = ": ".join(filter(None, (source.state, source.detail)))
    return f"source {source.name} gave no good answer {last} ({trouble})"


def _of_no_slot(schedule: Schedule, theirs: Slot) -> str:
    return (
        f"this reader never has such a slot: the cadence is {schedule.cadence}, "
        f"with slots such as {theirs.key}"
    )


def _of_nothing(
    subscriber: Subscriber, slot: Slot | None, key: str, now: datetime, library: str
) -> Verdict:
    stopped = {
        Status.PENDING: (Code.PENDING, "the address was never confirmed"),
        Status.UNSUBSCRIBED: (Code.UNSUBSCRIBED, _WHO_ENDED_IT[subscriber.ended_by]),
        Status.PAUSED: (Code.PAUSED, f"paused until {_at(subscriber.paused_until)}"),
    }
    if not subscriber.wants_mail(now):
        code, sentence = stopped[subscriber.status]
        return Verdict(slot=key, code=code, sentence=sentence)
    upcoming = next_slot(subscriber.schedule, now)
    next_at = due_at(subscriber.schedule, upcoming)
    if slot is None or slot >= upcoming:
        sentence = f"the next edition, {upcoming.key}, is due at {_at(next_at)}"
        held = f", but waits for the {library}" if library else ""
        return Verdict(slot=key, code=Code.NOT_DUE, sentence=f"{sentence}{held}")
    reason = f"the reader's mail waits for the {library}"
    if not library:
        reason = "neither `digest send` nor the daemon ran while it was open"
    due = _at(due_at(subscriber.schedule, slot))
    sentence = f"nothing was composed for this slot, due at {due}: {reason}"
    return Verdict(slot=key, code=Code.NOT_COMPOSED, sentence=sentence)


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "further notice"
