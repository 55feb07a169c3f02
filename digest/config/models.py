"""What a configuration file may hold: every table, key, default and limit.

Relative paths stay as written here; ``Config.path`` resolves them against the folder of
the configuration file.
"""

from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AnyHttpUrl, BeforeValidator, Field, model_validator

from digest.config.bounces import BouncesSettings
from digest.config.fields import (
    CadenceName,
    Count,
    Duration,
    Email,
    LocalTime,
    Mailbox,
    Number,
    PaperIdText,
    StoreUrl,
    TimeZone,
    at_least,
    no_bool,
)
from digest.config.library import LibraryFiles
from digest.config.smtp import SmtpSettings
from digest.config.table import Table
from digest.config.web import WebSettings
from digest.core.arxiv_categories import category
from digest.core.delivery import OnDoubt
from digest.core.schedule import Cadence
from digest.core.subscriber import TextField


def _http_url(raw: object) -> object:
    """Check an http(s) URL and take the slash off its end."""
    if raw is None:
        return raw
    if isinstance(raw, str) and any(map(str.isspace, raw)):
        raise ValueError("holds white space")
    url = AnyHttpUrl(raw)  # type: ignore[arg-type] # it validates whatever it is given
    return str(url).rstrip("/")


HttpUrl = Annotated[
    str,
    BeforeValidator(_http_url),
    Field(json_schema_extra={"allowed": "an address that begins with https:// or http://"}),
]


_Theme = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]+$",
        json_schema_extra={"allowed": 'letters, digits, "_" and "-", such as "default"'},
    ),
]
_TrendingLength = Annotated[int, BeforeValidator(no_bool), Field(ge=0, le=20)]


class ListSettings(Table):
    """``[digest]``: the list, and what its readers get unless they say otherwise."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = "Trending papers"
    byline: Annotated[str, Field(max_length=200)] = "by the research community"
    base_url: HttpUrl | None = None
    timezone: TimeZone = "UTC"
    cadence: CadenceName = Cadence()
    send_at: LocalTime = time(7, 30)
    max_papers: Annotated[Count, Field(le=100)] = 10
    min_score: Annotated[Number, Field(ge=0, le=1)] = 0.0
    trending_weight: Annotated[Number, Field(ge=0, le=10)] = 1.0
    trending: _TrendingLength = 3
    outsider: bool = False
    max_age: Duration = timedelta(days=30)
    on_empty: Literal["skip", "send"] = "skip"
    theme: _Theme = "default"
    themes_folder: Path | None = None
    secret_key_file: Path = Path("secret.key")
    postal_address: Annotated[str, Field(max_length=200)] = ""
    contact: Email | None = None
    subscribers_file: Path | None = None


class StoreSettings(Table):
    """``[store]``: where papers, people and deliveries are kept."""

    url: StoreUrl = Field(default="sqlite:///digest.db", repr=False)  # it may hold a password
    keep_editions: Duration = timedelta(days=90)


class MaildirSettings(Table):
    """``[maildir]``: deliver into a folder instead of a relay (trials, other mail software)."""

    path: Path
    sender: Mailbox


class DeliverySettings(Table):
    """``[delivery]``: retries, leases and the rule for doubt."""

    on_doubt: OnDoubt = OnDoubt.RESEND
    give_up_after: Duration = timedelta(hours=24)
    retry_first: Annotated[Duration, at_least("1s")] = timedelta(minutes=5)
    retry_cap: Annotated[Duration, at_least("1s")] = timedelta(hours=1)
    lease: Duration = timedelta(minutes=15)
    data_timeout: Duration = timedelta(minutes=10)
    domain_connections: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _lease_outlives_attempt(self) -> Self:
        if self.lease <= self.data_timeout:
            raise ValueError("lease must be longer than data_timeout, or two senders could meet")
        return self


class SemanticSettings(Table):
    """``[semantic]``: ranking by meaning; needs the extra ``semantic``."""

    enabled: bool = False
    model: Path | None = None
    threads: Annotated[Count, Field(le=64)] = 1


class _Source(Table):
    name: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9][a-z0-9._-]*$",
            json_schema_extra={"allowed": 'a-z, 0-9, ".", "_" and "-", such as "arxiv-cs"'},
        ),
    ] = ""
    every: Annotated[Duration, at_least("1s")] = timedelta(hours=3)

    @model_validator(mode="before")
    @classmethod
    def _named_after_type(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and not raw.get("name") and isinstance(raw.get("type"), str):
            return raw | {"name": raw["type"]}
        return raw


class _WebSource(_Source):
    url: HttpUrl | None = None
    allow_private: bool = False


def _not_empty(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:  # a length that pydantic checks counts the good ones alone
        raise ValueError("must not be empty")
    return names


Categories = Annotated[
    tuple[Annotated[str, AfterValidator(category)], ...],
    AfterValidator(_not_empty),
    Field(json_schema_extra={"allowed": 'a list such as ["cs.CL", "hep-th"]'}),
]


class ArxivSettings(_WebSource):
    """A source of type ``arxiv``: the query API."""

    type: Literal["arxiv"]
    categories: Categories


class ArxivRssSettings(_WebSource):
    """A source of type ``arxiv-rss``: the daily announcement feed."""

    type: Literal["arxiv-rss"]
    categories: Categories


class HuggingFaceSettings(_WebSource):
    """A source of type ``huggingface``: the daily papers list with its upvotes."""

    type: Literal["huggingface"]


class FeedSettings(_Source):
    """A source of type ``feed``: any RSS, Atom or JSON feed."""

    type: Literal["feed"]
    url: HttpUrl
    allow_private: bool = False


class FileSettings(_Source):
    """A source of type ``file``: papers as JSON lines."""

    type: Literal["file"]
    path: Path


SourceSettings = Annotated[
    ArxivSettings | ArxivRssSettings | HuggingFaceSettings | FeedSettings | FileSettings,
    Field(discriminator="type"),
]


class KeywordSettings(Table):
    """One interest with a weight or a field."""

    term: Annotated[str, Field(min_length=1, max_length=200)]
    weight: Annotated[Number, Field(ge=-100, le=100)] = 1.0
    field: TextField | None = None


def _keyword(raw: object) -> object:
    return {"term": raw} if isinstance(raw, str) else raw


Term = Annotated[str, Field(min_length=1, max_length=200)]
KeywordTable = Annotated[
    KeywordSettings,
    BeforeValidator(_keyword),
    Field(
        json_schema_extra={"allowed": 'a phrase, or { term = "…", weight = 0.5, field = "title" }'}
    ),
]


class SubscriberSettings(Table):
    """``[[subscribers]]``: one reader; what is left out comes from ``[digest]``."""

    email: Email
    name: Annotated[str, Field(max_length=100)] = ""
    interests: tuple[KeywordTable, ...] = ()
    exclude: tuple[Term, ...] = ()
    categories: tuple[Term, ...] = ()
    authors: tuple[Term, ...] = ()
    exclude_authors: tuple[Term, ...] = ()
    liked: tuple[PaperIdText, ...] = ()
    saved: tuple[PaperIdText, ...] = ()
    disliked: tuple[PaperIdText, ...] = ()
    library: LibraryFiles = ()
    text: Annotated[str, Field(max_length=5000)] = ""
    timezone: TimeZone | None = None
    cadence: CadenceName | None = None
    send_at: LocalTime | None = None
    max_papers: Annotated[Count, Field(le=100)] | None = None
    min_score: Annotated[Number, Field(ge=0, le=1)] | None = None
    trending_weight: Annotated[Number, Field(ge=0, le=10)] | None = None
    trending: _TrendingLength | None = None
    outsider: bool | None = None
    theme: _Theme | None = None

    @model_validator(mode="after")
    def _liked_or_disliked(self) -> Self:
        if both := {*self.liked, *self.saved}.intersection(self.disliked):
            raise ValueError(f"{min(both)} is liked and disliked; allowed: one of them")
        return self


class Config(Table):
    """The whole configuration, checked."""

    folder: Path
    file: str
    digest: ListSettings = ListSettings()
    store: StoreSettings = StoreSettings()
    smtp: SmtpSettings | None = None
    maildir: MaildirSettings | None = None
    delivery: DeliverySettings = DeliverySettings()
    bounces: BouncesSettings | None = None
    semantic: SemanticSettings = SemanticSettings()
    web: WebSettings = WebSettings()
    sources: tuple[SourceSettings, ...] = ()
    subscribers: tuple[SubscriberSettings, ...] = ()
    subscribers_file: Path | None = None

    @model_validator(mode="after")
    def _one_way_out(self) -> Self:
        if self.smtp and self.maildir:
            raise ValueError("both [smtp] and [maildir] are set; allowed: one of them")
        return self

    def where(self, key: str) -> str:
        """Return how a message names the place of a key: ``config.toml: smtp.password_file``."""
        return f"{self.file}: {key}"

    def path(self, path: Path) -> Path:
        """Return an absolute path: relative ones start at the configuration's folder."""
        return self.folder / path.expanduser()

    @property
    def sender(self) -> tuple[str, str] | None:
        """The (name, address) that mails come from, or None when no way out is configured."""
        way_out = self.smtp or self.maildir
        return way_out.sender if way_out else None
