"""Alembic's entry: it migrates over the connection that `migrate` hands in, within its transaction."""

from alembic import context

from assessor.adapters.store.tables import Row

context.configure(connection=context.config.attributes["connection"], target_metadata=Row.metadata)

with context.begin_transaction():
    context.run_migrations()
