"""The configuration: a TOML file, overridden by the environment, checked before use.

``load`` returns a ``Config`` or raises one ``ConfigError`` with every problem found, each
on a line ``where: table.key: what is wrong; allowed: …``. Secrets are read when they are
needed and never shown.
"""

from digest.config.bounces import BounceMaildirSettings, BouncesSettings, ImapSettings
from digest.config.load import load, subscribers_of, usual_subscriber
from digest.config.models import (
    ArxivRssSettings,
    ArxivSettings,
    Config,
    DeliverySettings,
    FeedSettings,
    FileSettings,
    HuggingFaceSettings,
    ListSettings,
    MaildirSettings,
    SourceSettings,
    SubscriberSettings,
)
from digest.config.smtp import DkimSettings, RelaySettings, SmtpSettings

__all__ = [
    "ArxivRssSettings",
    "ArxivSettings",
    "BounceMaildirSettings",
    "BouncesSettings",
    "Config",
    "DeliverySettings",
    "DkimSettings",
    "FeedSettings",
    "FileSettings",
    "HuggingFaceSettings",
    "ImapSettings",
    "ListSettings",
    "MaildirSettings",
    "RelaySettings",
    "SmtpSettings",
    "SourceSettings",
    "SubscriberSettings",
    "load",
    "subscribers_of",
    "usual_subscriber",
]
