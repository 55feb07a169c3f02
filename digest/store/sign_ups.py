"""Sign-ups: what was typed into the form of the pages, and the mails that they cause."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import (
    Connection,
    RowMapping,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from digest.core.schedule import Schedule
from digest.core.sign_up import (
    ADDRESS_WINDOW,
    HOUR,
    Answer,
    Asked,
    Limits,
    MailState,
    SignUp,
    SignUpKind,
    answer,
    mailbox_key,
    may_be_mailed,
)
from digest.core.subscriber import Origin, Status
from digest.store.database import Database, one_at_a_time
from digest.store.rows import Values, fold
from digest.store.sign_up_table import sign_ups
from digest.store.tables import subscribers

CAUSED_MAIL = sign_ups.c.mail != MailState.NONE


class SqlSignUpStore:
    """The ``SignUpStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, sign_up: SignUp, limits: Limits) -> Answer:
        """See ``SignUpStore``."""
        now = sign_up.asked_at
        with self._database.writing() as connection:
            one_at_a_time(connection, "sign up")
            forget_old(connection, now)
            asked = asked_before(connection, sign_up)
            result = answer(asked, limits)
            if result is Answer.TAKEN:
                mail = MailState.DUE if may_be_mailed(asked, now=now) else MailState.NONE
                add_sign_up(connection, replace(sign_up, mail=mail))
        return result

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> Sequence[SignUp]:
        """See ``SignUpStore``."""
        due = (sign_ups.c.mail == MailState.DUE) & (sign_ups.c.next_attempt_at <= now)
        query = select(sign_ups).where(due).order_by(sign_ups.c.id).limit(limit)
        with self._database.writing() as connection:
            one_at_a_time(connection, "claim sign-ups")
            found = [sign_up_of(row) for row in connection.execute(query).mappings()]
            if found:
                taken = sign_ups.c.id.in_([sign_up.id for sign_up in found])
                leased = update(sign_ups).where(taken).values(next_attempt_at=lease_until)
                connection.execute(leased)
        return found

    def settle(self, sign_up: SignUp, *, next_attempt_at: datetime) -> None:
        """See ``SignUpStore``."""
        values: Values = {
            "mail": sign_up.mail,
            "attempts": sign_up.attempts,
            "next_attempt_at": next_attempt_at,
        }
        with self._database.writing() as connection:
            query = update(sign_ups).where(sign_ups.c.id == sign_up.id)
            connection.execute(query.values(values))

    def find(self, number: int) -> SignUp | None:
        """See ``SignUpStore``."""
        with self._database.reading() as connection:
            query = select(sign_ups).where(sign_ups.c.id == number)
            row = connection.execute(query).mappings().first()
        return sign_up_of(row) if row else None

    def confirm(self, number: int, *, now: datetime) -> bool:
        """See ``SignUpStore``."""
        unknown = (sign_ups.c.id == number) & sign_ups.c.confirmed_at.is_(None)
        with self._database.writing() as connection:
            query = update(sign_ups).where(unknown).values(confirmed_at=now)
            return connection.execute(query).rowcount > 0


def add_sign_up(connection: Connection, sign_up: SignUp) -> None:
    """Store a sign-up that is taken."""
    connection.execute(insert(sign_ups).values(_row(sign_up)))


def forget_sign_ups(connection: Connection, address_key: str) -> None:
    """Forget everything that was asked for with an address."""
    connection.execute(delete(sign_ups).where(sign_ups.c.email_key == address_key))


def asked_before(connection: Connection, sign_up: SignUp) -> Asked:
    """Return how much was asked for before."""
    now = sign_up.asked_at
    counted = select(func.count()).select_from(sign_ups)
    lately = sign_ups.c.asked_at > now - HOUR
    own = CAUSED_MAIL & (sign_ups.c.mailbox_key == mailbox_key(sign_up.email))
    mails = select(sign_ups.c.asked_at).where(own, sign_ups.c.asked_at > now - ADDRESS_WINDOW)
    times = list(connection.scalars(mails))
    return Asked(
        by_client=connection.scalar(counted.where(lately, sign_ups.c.client == sign_up.client))
        or 0,
        by_all=connection.scalar(counted.where(lately, CAUSED_MAIL)) or 0,
        last_mail=max(times, default=None),
        mails=len(times),
    )


def forget_old(connection: Connection, now: datetime) -> None:
    """Forget what no limit and no link needs any more, and who never agreed."""
    needless = and_(
        sign_ups.c.mail == MailState.NONE,
        sign_ups.c.kind == SignUpKind.SUBSCRIBE,
        sign_ups.c.asked_at <= now - HOUR,
    )
    old = sign_ups.c.asked_at <= now - ADDRESS_WINDOW
    connection.execute(delete(sign_ups).where(or_(needless, old)))
    asked_lately = exists().where(sign_ups.c.email_key == subscribers.c.email_key)
    never_agreed = (
        (subscribers.c.status == Status.PENDING)
        & (subscribers.c.origin == Origin.WEB)
        & (subscribers.c.created_at <= now - ADDRESS_WINDOW)
    )
    connection.execute(delete(subscribers).where(never_agreed, ~asked_lately))


def _row(sign_up: SignUp) -> Values:
    return {
        "kind": sign_up.kind,
        "subscriber_id": sign_up.subscriber_id,
        "email": sign_up.email,
        "email_key": fold(sign_up.email),
        "mailbox_key": mailbox_key(sign_up.email),
        "client": sign_up.client,
        "interests": sign_up.interests,
        "cadence": sign_up.schedule.cadence,
        "send_at": sign_up.schedule.send_at,
        "timezone": sign_up.schedule.timezone,
        "asked_at": sign_up.asked_at,
        "mail": sign_up.mail,
        "attempts": sign_up.attempts,
        "next_attempt_at": sign_up.asked_at,
        "confirmed_at": sign_up.confirmed_at,
        "withdrawn_at": sign_up.withdrawn_at,
    }


def sign_up_of(row: RowMapping) -> SignUp:
    """Read a sign-up."""
    return SignUp(
        id=row["id"],
        kind=row["kind"],
        subscriber_id=row["subscriber_id"],
        email=row["email"],
        client=row["client"],
        interests=row["interests"],
        schedule=Schedule(cadence=row["cadence"], send_at=row["send_at"], timezone=row["timezone"]),
        asked_at=row["asked_at"],
        mail=row["mail"],
        attempts=row["attempts"],
        confirmed_at=row["confirmed_at"],
        withdrawn_at=row["withdrawn_at"],
    )
