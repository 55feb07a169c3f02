"""Changes of address: two rows among the sign-ups, and one transaction that carries them out."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    case,
    delete,
    func,
    null,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from digest.core.moves import DAY, MOST_A_DAY, Move, MoveState, gives_way
from digest.core.sign_up import (
    LIFTED_BY_READER,
    Answer,
    Limits,
    MailState,
    SignUp,
    SignUpKind,
    answer,
    may_be_mailed,
)
from digest.store.database import Database, one_at_a_time
from digest.store.erased import know_again
from digest.store.rows import fold, subscriber_of
from digest.store.sign_up_table import sign_ups
from digest.store.sign_ups import CAUSED_MAIL, add_sign_up, asked_before, forget_old, sign_up_of
from digest.store.suppressions import find_suppression, lift_suppression
from digest.store.tables import CLAIMABLE, deliveries, subscribers

_ENDS = (SignUpKind.OLD_END, SignUpKind.NEW_END)


class SqlMoveStore:
    """The ``MoveStore`` port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, move: Move, limits: Limits) -> Answer:
        """See ``MoveStore``."""
        now = move.new.asked_at
        with self._database.writing() as connection:
            one_at_a_time(connection, "sign up")
            forget_old(connection, now)
            asked = asked_before(connection, move.new)
            result = answer(asked, limits)
            if result is not Answer.TAKEN:
                return result
            if _asked_today(connection, move.old, now) >= MOST_A_DAY:
                return Answer.READER_LIMIT
            _withdraw(connection, _of_reader(move.old.subscriber_id or 0), now)
            mail = MailState.DUE if may_be_mailed(asked, now=now) else MailState.NONE
            add_sign_up(connection, replace(move.new, mail=mail))
            add_sign_up(connection, move.old)
        return result

    def of(self, subscriber_id: int) -> Move | None:
        """See ``MoveStore``."""
        with self._database.reading() as connection:
            return _find(connection, subscriber_id)

    def withdraw(self, subscriber_id: int, *, now: datetime) -> bool:
        """See ``MoveStore``."""
        with self._database.writing() as connection:
            move = _find(connection, subscriber_id)
            if move is None or move.is_agreed or not move.is_open(now):
                return False
            _withdraw(connection, _of_reader(subscriber_id), now)
        return True

    def agree(self, number: int, *, now: datetime) -> MoveState:
        """See ``MoveStore``; of two readers who want one address the second comes too late."""
        try:
            with self._database.writing() as connection:
                one_at_a_time(connection, "move")
                return _agree(connection, number, now)
        except IntegrityError:  # somebody was added with the address in this moment
            return MoveState.TAKEN


def _agree(connection: Connection, number: int, now: datetime) -> MoveState:
    asks = connection.scalar(select(sign_ups.c.subscriber_id).where(sign_ups.c.id == number))
    move = _find(connection, asks or 0)
    if move is None or not move.has_end(number):
        return MoveState.GONE
    query = select(subscribers).where(subscribers.c.id == asks).with_for_update()
    reader = connection.execute(query).mappings().first()
    if reader is None:
        return MoveState.GONE
    if move.is_agreed and reader["email_key"] == fold(move.new.email):
        return MoveState.DONE
    if reader["email_key"] != fold(move.old.email) or not move.is_open(now):
        return MoveState.GONE
    unknown = (sign_ups.c.id == number) & sign_ups.c.confirmed_at.is_(None)
    connection.execute(update(sign_ups).where(unknown).values(confirmed_at=now))
    agreed = _find(connection, reader["id"])
    if agreed is None or not agreed.is_agreed:
        return MoveState.WAITING
    return _carry_out(connection, reader, move.new.email, now)


def _carry_out(
    connection: Connection, reader: RowMapping, address: str, now: datetime
) -> MoveState:
    key, number = fold(address), reader["id"]
    others = select(subscribers).where(subscribers.c.email_key == key, subscribers.c.id != number)
    holder = connection.execute(others).mappings().first()
    if holder is not None:
        if not gives_way(subscriber_of(holder)):
            return MoveState.TAKEN
        connection.execute(delete(subscribers).where(subscribers.c.id == holder["id"]))
    mine = update(subscribers).where(subscribers.c.id == number)
    connection.execute(mine.values(email=address, email_key=key))
    _redirect(connection, number, address)
    know_again(connection, [key])
    stands = find_suppression(connection, key)
    if stands is not None and stands.kind in LIFTED_BY_READER:
        lift_suppression(connection, key, now)
    return MoveState.DONE


def _redirect(connection: Connection, subscriber_id: int, address: str) -> None:
    """Send what was never tried to the new address; whoever has claimed it claims it anew."""
    untried = and_(
        CLAIMABLE, deliveries.c.subscriber_id == subscriber_id, deliveries.c.attempts == 0
    )
    connection.execute(
        update(deliveries)
        .where(untried)
        .values(
            recipient=address,
            recipient_key=fold(address),
            token=deliveries.c.token + 1,
            lease_owner="",
            lease_until=null(),
        )
    )


def _find(connection: Connection, subscriber_id: int) -> Move | None:
    """Return a reader's change of address with both of its ends, or None."""
    query = select(sign_ups).where(_of_reader(subscriber_id)).order_by(sign_ups.c.id)
    found = {row["kind"]: sign_up_of(row) for row in connection.execute(query).mappings()}
    if found.keys() != set(_ENDS):
        return None
    return Move(old=found[SignUpKind.OLD_END], new=found[SignUpKind.NEW_END])


def _of_reader(subscriber_id: int) -> ColumnElement[bool]:
    return and_(
        sign_ups.c.subscriber_id == subscriber_id,
        sign_ups.c.kind.in_(_ENDS),
        sign_ups.c.withdrawn_at.is_(None),
    )


def _withdraw(connection: Connection, which: ColumnElement[bool], now: datetime) -> None:
    """Take sign-ups back; a mail that has not left does not leave any more."""
    waiting = sign_ups.c.mail == MailState.DUE
    mail = case((waiting, MailState.NONE.value), else_=sign_ups.c.mail)
    connection.execute(update(sign_ups).where(which).values(withdrawn_at=now, mail=mail))


def _asked_today(connection: Connection, end: SignUp, now: datetime) -> int:
    query = select(func.count()).where(
        sign_ups.c.subscriber_id == end.subscriber_id,
        sign_ups.c.kind == SignUpKind.OLD_END,
        sign_ups.c.asked_at > now - DAY,
        CAUSED_MAIL,
    )
    return connection.scalar(query) or 0
