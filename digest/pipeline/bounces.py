"""Take in what came back: trace each finding to its reader, record it, say what followed.

A report counts only when it is traced: by a return path that we signed, by the Message-ID of
a mail that we sent, or by an unsubscribe token of ours. Anybody can write a bounce with
somebody's address in it; such a one is kept as untraced, and nothing follows. A provider that
knows the secret address of our webhook is believed the address as well.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import structlog

from digest.core.bounces import BounceEvent, BounceKind
from digest.core.findings import Finding, Taken
from digest.core.refusals import bounce_key, refusal_event
from digest.core.return_path import ReturnPath, sign_up_in
from digest.core.tokens import KeyRing, Purpose, read
from digest.errors import TokenError
from digest.ports.bounces import BounceMailbox, BounceStore, Recorded, Traced

__all__ = ["BounceDesk", "Handled", "Report", "Result", "handle", "read_mailbox", "refusal_event"]

_log = structlog.get_logger(__name__)

Understand = Callable[[bytes], list[Finding]]


class Result(StrEnum):
    """What came of a finding, in the words of reports."""

    RECORDED = "recorded"
    KNOWN = "known"
    UNTRACED = "untraced"
    IGNORED = "ignored"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceDesk:
    """What is needed to take a report in.

    Attributes:
        store: where events are recorded.
        keys: what our unsubscribe tokens are signed with.
        return_path: reads signed return paths; None when there are none.
        clock: gives the present (UTC).
    """

    store: BounceStore
    keys: KeyRing
    return_path: ReturnPath | None
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """One finding and what came of it.

    Attributes:
        finding: what the report says.
        result: what came of it.
        address: the reader's address, or the one that the report names.
        recorded: points and suppression, when it was traced.
    """

    finding: Finding
    result: Result
    address: str = ""
    recorded: Recorded | None = None


@dataclass(slots=True)
class Report:
    """What came of all findings.

    Attributes:
        handled: each finding with its result.
        results: how many findings ended how.
        taken_for: how many findings were what.
        suppressed: addresses that were suppressed.
    """

    handled: list[Handled] = field(default_factory=list)
    results: Counter[Result] = field(default_factory=Counter)
    taken_for: Counter[str] = field(default_factory=Counter)
    suppressed: int = 0

    def add(self, handled: Handled) -> None:
        """Count one finding."""
        self.handled.append(handled)
        self.results[handled.result] += 1
        self.taken_for[handled.finding.taken_for.value] += 1
        self.suppressed += bool(handled.recorded and handled.recorded.suppression)

    def merge(self, other: "Report") -> None:
        """Count what another report counted."""
        for handled in other.handled:
            self.add(handled)


def handle(
    findings: Iterable[Finding], desk: BounceDesk, *, source: str, trusted: bool = False
) -> Report:
    """Trace and record findings, each in a transaction of its own.

    Args:
        findings: what a report, or a provider's call, says.
        desk: where and with what.
        source: how we know, for the history.
        trusted: whether the teller has proven to be the provider, so that an address alone
            is enough.

    Raises:
        StoreError: the database cannot be used; telling again later does no harm.
    """
    report = Report()
    for finding in findings:
        report.add(_handle_one(finding, desk, source=source, trusted=trusted))
    return report


def read_mailbox(
    mailbox: BounceMailbox,
    understand: Understand,
    desk: BounceDesk,
    *,
    told: Callable[[str, Report], None] = lambda _id, _report: None,
) -> Report:
    """Take in every mail of a mailbox; each is put away only after its events are stored.

    Args:
        mailbox: where the reports are.
        understand: takes a message apart.
        desk: where and with what.
        told: called with each mail's id and what came of it.

    Raises:
        MailboxError: the mailbox cannot be read further; what was stored stays stored.
        StoreError: the database cannot be used.
    """
    total = Report()
    for mail in mailbox.mails():
        findings = understand(mail.content)
        report = handle(findings, desk, source="mailbox")
        understood = any(of.taken_for is not Taken.NOT_UNDERSTOOD for of in findings)
        mailbox.settle(mail, understood=understood)
        total.merge(report)
        told(mail.id, report)
    return total


def _handle_one(finding: Finding, desk: BounceDesk, *, source: str, trusted: bool) -> Handled:
    if not finding.taken_for.counts:
        kept = finding.taken_for is Taken.NOT_UNDERSTOOD
        result = Result.KEPT if kept else Result.IGNORED
        return Handled(finding=finding, result=result, address=finding.recipient)
    traced = _trace(finding, desk, trusted=trusted)
    event = _event(finding, traced, source=source, now=desk.clock())
    recorded = desk.store.record(event)
    if recorded.suppression:
        _log.warning("suppressed", reader=event.subscriber_id, why=recorded.suppression.kind.value)
    result = Result.RECORDED if recorded.is_new else Result.KNOWN
    return Handled(
        finding=finding,
        result=result if traced else Result.UNTRACED,
        address=event.address,
        recorded=recorded if traced else None,
    )


def _trace(finding: Finding, desk: BounceDesk, *, trusted: bool) -> Traced | None:
    signed = [desk.return_path.read(path) for path in finding.return_paths if desk.return_path]
    return desk.store.trace(
        message_ids=[*filter(None, signed), *finding.message_ids],
        sign_up=next(filter(None, map(sign_up_in, signed)), 0),
        subscriber_id=_bearer(finding.token, desk),
        address=finding.recipient if trusted else "",
    )


def _bearer(token: str, desk: BounceDesk) -> int:
    """Return whose unsubscribe token it is; 0 when it is nobody's."""
    if not token:
        return 0
    try:
        claims = read(token, Purpose.UNSUBSCRIBE, keys=desk.keys, now=desk.clock())
    except TokenError:
        return 0
    return claims.subscriber_id


def _event(finding: Finding, traced: Traced | None, *, source: str, now: datetime) -> BounceEvent:
    kind = _kind(finding)
    return BounceEvent(
        key=_key(finding, traced, kind, source),
        kind=kind,
        address=traced.address if traced else finding.recipient,
        subscriber_id=traced.subscriber_id if traced else None,
        message_id=traced.message_id if traced else "",
        status=finding.status,
        diagnostic=finding.diagnostic or finding.why,
        source=source,
        seen_at=now,
    )


def _kind(finding: Finding) -> BounceKind:
    match finding.taken_for:
        case Taken.COMPLAINT:
            return BounceKind.COMPLAINT
        case Taken.UNSUBSCRIBE:
            return BounceKind.UNSUBSCRIBE
        case _:
            return BounceKind.HARD if finding.is_final else BounceKind.SOFT


def _key(finding: Finding, traced: Traced | None, kind: BounceKind, source: str) -> str:
    """Return what is the same for the same event, told by whomever; requests may be repeated."""
    if traced and traced.message_id and kind is not BounceKind.UNSUBSCRIBE:
        if kind is BounceKind.COMPLAINT:
            return f"complaint:{traced.message_id}"
        return bounce_key(traced.message_id)
    return f"{finding.taken_for}:{source}:{finding.report_id}"
