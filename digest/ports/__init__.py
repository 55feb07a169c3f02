"""What the pipeline needs from the outside, declared by the side that uses it.

Adapters fulfil these by shape. ``Source`` and ``Transport`` are asynchronous; the stores
are synchronous and are called from a worker thread.
"""

from digest.ports.editions import EditionStore, History, KnownPapers
from digest.ports.feedback import FeedbackStore
from digest.ports.ledger import Ledger
from digest.ports.libraries import Libraries
from digest.ports.meanings import Encoder, VectorStore
from digest.ports.papers import Added, PaperStore, SourceRecord, StoredPaper
from digest.ports.relays import RelayRecord, RelayStore
from digest.ports.sources import Source
from digest.ports.subscribers import SubscriberStore
from digest.ports.transports import Envelope, Halt, Mail, Outbox, Pace, Transport
from digest.ports.turns import Turns

__all__ = [
    "Added",
    "EditionStore",
    "Encoder",
    "Envelope",
    "FeedbackStore",
    "Halt",
    "History",
    "KnownPapers",
    "Ledger",
    "Libraries",
    "Mail",
    "Outbox",
    "Pace",
    "PaperStore",
    "RelayRecord",
    "RelayStore",
    "Source",
    "SourceRecord",
    "StoredPaper",
    "SubscriberStore",
    "Transport",
    "Turns",
    "VectorStore",
]
