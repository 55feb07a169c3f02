"""The table of sign-ups: what was typed into forms, for as long as limits and links need it."""

from sqlalchemy import Column, Integer, Table, Text

from digest.core.sign_up import MailState, SignUpKind
from digest.store.columns import cadences, choices, instants, interest_sets, wall_times
from digest.store.naming import NUMBER
from digest.store.tables import metadata

sign_ups = Table(
    "sign_ups",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("kind", choices(SignUpKind), nullable=False, server_default="subscribe"),
    Column("subscriber_id", NUMBER, index=True),
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
    Column("withdrawn_at", instants()),
    sqlite_autoincrement=True,
)
