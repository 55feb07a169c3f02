"""What the pipeline needs to know of a configuration, in the pipeline's own words.

Its modules are imported when they are asked for: see ``wiring.workspace``.
"""

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.config import Config
from digest.core.delivery import RetryPolicy

if TYPE_CHECKING:
    from digest.pipeline.compose import ComposeSettings
    from digest.pipeline.outbox import DeliverSettings

_BATCH = 50
_PROCESSES_AT_ONCE = 8  # that may share a relay's rate, more or less


def compose_settings(config: Config) -> "ComposeSettings":
    """Return how to compose; every mail gets a Message-ID that cannot be guessed."""
    from digest.core.message import message_id
    from digest.pipeline.compose import ComposeSettings

    domain = (config.sender or ("", "digest@localhost"))[1].rpartition("@")[2]
    return ComposeSettings(
        max_age=config.digest.max_age,
        send_empty=config.digest.on_empty == "send",
        give_up_after=config.delivery.give_up_after,
        new_message_id=lambda slot: message_id(f"{slot.key}.{secrets.token_hex(12)}", domain),
    )


def deliver_settings(config: Config) -> "DeliverSettings":
    """Return how to deliver, in this process's name."""
    from digest.pipeline.outbox import DeliverSettings
    from digest.store.lock import owner_id

    return DeliverSettings(
        owner=owner_id(),
        lease=config.delivery.lease,
        policy=retry_policy(config),
        batch=_batch(config),
        per_domain=config.delivery.domain_connections,
    )


def retry_policy(config: Config) -> RetryPolicy:
    """Return how long to wait between attempts, and the rule for doubt."""
    delivery = config.delivery
    return RetryPolicy(
        first=delivery.retry_first, cap=delivery.retry_cap, on_doubt=delivery.on_doubt
    )


def _batch(config: Config) -> int:
    """Return how many mails to claim at once: at a slow rate no more than leave in time."""
    smtp = config.smtp
    rates = [of.rate_per_minute for of in smtp.relays if of.rate_per_minute] if smtp else []
    in_a_lease = config.delivery.lease / timedelta(minutes=1) * min(rates, default=0)
    return max(min(int(in_a_lease / _PROCESSES_AT_ONCE), _BATCH), 1) if rates else _BATCH
