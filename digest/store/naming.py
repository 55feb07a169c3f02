"""How tables number their rows, and how their keys are called, so that migrations can name them."""

from sqlalchemy import BigInteger, Integer

RULES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite gives out numbers by itself only to a column that is declared INTEGER, and uses
# none twice only with AUTOINCREMENT: a cut-off or a signed link must not change its meaning.
NUMBER = BigInteger().with_variant(Integer(), "sqlite")
