"""The form that subscribes: what it shows, and what was typed into it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from functools import cache
from zoneinfo import available_timezones

from digest.config import Config
from digest.config.fields import parse_cadence, parse_email, parse_local_time, parse_timezone
from digest.core.interest_text import read_interests
from digest.core.schedule import WEEKDAYS, Schedule
from digest.core.subscriber import Interests
from digest.wiring.notices import takes_sign_ups

_ODD_ZONES = ("Etc/", "SystemV/", "US/", "posix/", "right/")
_LONGEST_SHOWN = 8_000
TRAP = "website"
"""A field that no person sees; programs fill it in."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a list to choose from: what is sent, and what is read."""

    value: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """The form as templates see it.

    Attributes:
        email: what was typed.
        interests: what was typed.
        cadence: what is chosen.
        send_at: what is chosen.
        timezone: what is chosen.
        wrong: a sentence for each field that is wrong.
        cadences: what can be chosen.
        hours: what can be chosen.
        zones: what can be chosen.
    """

    email: str = ""
    interests: str = ""
    cadence: str
    send_at: str
    timezone: str
    wrong: Mapping[str, str] = field(default_factory=dict)
    cadences: tuple[Choice, ...]
    hours: tuple[str, ...]
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a form says, as far as it can be understood.

    Attributes:
        email: the address, or "" when it is none.
        interests: what to look for.
        schedule: when to send.
        wrong: a sentence for each field that is wrong.
    """

    email: str
    interests: Interests
    schedule: Schedule
    wrong: Mapping[str, str]


def usual_form(config: Config) -> FormView | None:
    """Return the form as it is first shown; None where nobody can sign up."""
    return blank_form(config) if takes_sign_ups(config) else None


def blank_form(config: Config) -> FormView:
    """Return the form with what the configuration gives readers who say nothing else."""
    usual = config.digest
    send_at = f"{usual.send_at:%H:%M}"
    hours = {f"{time(hour):%H:%M}" for hour in range(24)} | {send_at}
    return FormView(
        cadence=str(usual.cadence),
        send_at=send_at,
        timezone=usual.timezone,
        cadences=_cadences(),
        hours=tuple(sorted(hours)),
        zones=tuple(sorted({*_zones(), usual.timezone})),
    )


def filled(form: FormView, fields: Mapping[str, str], wrong: Mapping[str, str]) -> FormView:
    """Return the form with what was typed, to be mended."""
    chosen = {
        name: fields[name]
        for name, allowed in (
            ("cadence", [choice.value for choice in form.cadences]),
            ("send_at", form.hours),
            ("timezone", form.zones),
        )
        if fields.get(name) in allowed
    }
    shown = replace(
        form,
        email=fields.get("email", "")[:254],
        interests=fields.get("interests", "")[:_LONGEST_SHOWN],
        wrong=wrong,
    )
    return replace(shown, **chosen)  # type: ignore[arg-type] # all three are texts


def read_typed(fields: Mapping[str, str], usual: FormView) -> Typed:
    """Read the fields of a form; what is left out is as usual."""
    wrong: dict[str, str] = {}
    email, interests = "", Interests()
    try:
        email = parse_email(fields.get("email", ""))
    except ValueError:
        wrong["email"] = "This is no mail address; allowed: one such as ada@example.org."
    try:
        interests = read_interests(fields.get("interests", ""))
    except ValueError as error:
        wrong["interests"] = str(error)
    try:
        schedule = Schedule(
            cadence=parse_cadence(fields.get("cadence") or usual.cadence),
            send_at=parse_local_time(fields.get("send_at") or usual.send_at),
            timezone=parse_timezone(fields.get("timezone") or usual.timezone),
        )
    except ValueError:
        schedule = Schedule()
        wrong["schedule"] = "There is no such day, hour or time zone; choose from the lists."
    return Typed(email=email, interests=interests, schedule=schedule, wrong=wrong)


def _cadences() -> tuple[Choice, ...]:
    named = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    weekly = [
        Choice("weekly" if day == WEEKDAYS[0] else f"weekly:{day}", f"Once a week, on {name}")
        for day, name in zip(WEEKDAYS, named, strict=True)
    ]
    daily = [Choice("daily", "Every day"), Choice("weekdays", "Monday to Friday")]
    return (*daily, *weekly, Choice("monthly", "Once a month, on the first"))


@cache
def _zones() -> frozenset[str]:
    """Return the names that people know: a region with a city, and UTC."""
    known = available_timezones()
    return frozenset(
        {name for name in known if "/" in name and not name.startswith(_ODD_ZONES)} | {"UTC"}
    )
