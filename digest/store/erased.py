"""Addresses of erased readers: kept as salted hashes, known again when somebody brings them back.

All hashes of one database share a salt, drawn with the first: an import of many readers then
costs one hash each. It keeps the hashes apart from those of every other database.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from digest.core.bounces import SuppressedBy
from digest.store.database import chunks, insert_into
from digest.store.tables import erased_addresses, suppressions

_ANY_SALT = select(erased_addresses.c.salt).limit(1)


def keep_hash(
    connection: Connection, address_key: str, kind: SuppressedBy, since: datetime
) -> None:
    """Keep that an address must not be mailed, in a form that does not tell the address."""
    salt = connection.scalar(_ANY_SALT) or secrets.token_hex(16)
    row = {"address_hash": _hash(salt, address_key), "salt": salt, "kind": kind, "since": since}
    query = insert_into(connection, erased_addresses).values(row)
    connection.execute(query.on_conflict_do_nothing(index_elements=["address_hash"]))


def know_again(connection: Connection, address_keys: Sequence[str]) -> None:
    """Suppress those of these addresses whose readers were erased."""
    salt = connection.scalar(_ANY_SALT)
    if salt is None:
        return
    keys = {_hash(salt, key): key for key in address_keys}
    for chunk in chunks(keys):
        known = erased_addresses.c.address_hash.in_(chunk)
        rows = connection.execute(select(erased_addresses).where(known)).mappings().all()
        for row in rows:
            _suppress(connection, keys[row["address_hash"]], row["kind"], row["since"])
        if rows:
            connection.execute(delete(erased_addresses).where(known))


def _suppress(
    connection: Connection, address_key: str, kind: SuppressedBy, since: datetime
) -> None:
    reason = "erased at the reader's wish"
    if kind is not SuppressedBy.ERASED:
        reason = f"suppressed before it was erased ({kind})"
    row = {"address_key": address_key, "kind": kind, "reason": reason, "since": since}
    query = insert_into(connection, suppressions).values(row)
    connection.execute(query.on_conflict_do_nothing(index_elements=["address_key"]))


def _hash(salt: str, address_key: str) -> str:
    return hashlib.blake2b(address_key.encode(), key=bytes.fromhex(salt)).hexdigest()[:64]
