"""Runs migrations on the connection that ``digest.store.schema`` hands over.

All of them share one transaction: a migration that fails leaves the schema as it was.
"""

from alembic import context

from digest.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
