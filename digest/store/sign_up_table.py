"""The table of sign-ups: what was typed into the form, for as long as limits and links need it."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from digest.core.sign_up import MailState
from digest.store.columns import cadences, choices, instants, interest_sets, wall_times
from digest.store.tables import metadata

sign_ups = Table(
    "sign_ups",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, index=True),
    Column("mailbox_key", Text, nullable=False, index=True),
    Column("client", Text, nullable=False, index=True),
    Column("interests", interest_sets(), nullable=False),
    Column("cadence", cadences(), nullable=False),
    Column("send_at", wall_times(), nullable=False),
    Column("timezone", Text, nullable=False),
    Column("asked_at", instants(), nullable=False, index=True),
    Column("mail", choices(MailState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", instants(), nullable=False),
    Column("confirmed_at", instants()),
    sqlite_autoincrement=True,
)
