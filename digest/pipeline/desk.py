"""Where stored deliveries become mails: what a batch of them needs is read together."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from digest.core.delivery import Delivery
from digest.core.edition import Edition
from digest.core.message import Message
from digest.core.paper import Paper
from digest.core.subscriber import Subscriber
from digest.errors import StoreError
from digest.pipeline.feedback import join_feedback
from digest.pipeline.letters import LetterRoom
from digest.pipeline.library import join_libraries
from digest.pipeline.outbox import MakeMessage
from digest.ports import EditionStore, Envelope, FeedbackStore, Libraries, SubscriberStore

_PAPERS_KEPT = 4_096


class RecentPapers:
    """The ``KnownPapers`` of one run: those used last, however many readers there are."""

    def __init__(self, most: int = _PAPERS_KEPT) -> None:
        self._papers: OrderedDict[int, Paper] = OrderedDict()
        self._most = most

    def get(self, serial: int) -> Paper | None:
        """See ``ports.KnownPapers``."""
        paper = self._papers.get(serial)
        if paper:
            self._papers.move_to_end(serial)
        return paper

    def keep(self, serial: int, paper: Paper) -> None:
        """See ``ports.KnownPapers``."""
        self._papers[serial] = paper
        if len(self._papers) > self._most:
            self._papers.popitem(last=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Makes the messages of stored deliveries; callable as ``deliver`` wants it.

    Attributes:
        room: writes letters.
        editions: what is sent.
        subscribers: to whom.
        feedback: what they said of papers, for the mail names what draws papers.
        libraries: what they have in their own bibliographies, for the same reason.
        papers: those read before in this run.
    """

    room: LetterRoom
    editions: EditionStore
    subscribers: SubscriberStore
    feedback: FeedbackStore
    libraries: Libraries | None = None
    papers: RecentPapers = field(default_factory=RecentPapers)

    def __call__(self, deliveries: Sequence[Delivery]) -> list[MakeMessage]:
        """Read what these deliveries need; return what makes each one's message."""
        editions = self.editions.editions([of.edition_id for of in deliveries], known=self.papers)
        found = self.subscribers.by_id([of.subscriber_id for of in deliveries])
        judging = join_feedback([*found.values()], self.feedback)
        readers = {reader.id: reader for reader in join_libraries(judging, self.libraries)}
        return [
            partial(self._write, of, editions.get(of.edition_id), readers.get(of.subscriber_id))
            for of in deliveries
        ]

    def _write(
        self, delivery: Delivery, edition: Edition | None, subscriber: Subscriber | None
    ) -> tuple[Message, Envelope]:
        if edition is None or subscriber is None:
            raise StoreError(f"delivery {delivery.id}: its edition or its reader is gone")
        letter = self.room.write(edition, subscriber, delivery.message_id)
        return letter.message, Envelope(letter.envelope.sender, delivery.recipient)
