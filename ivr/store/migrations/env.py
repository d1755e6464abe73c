"""What Alembic runs: the migrations, on the connection and in the transaction of `ivr.store.sql.migrate`."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # SQLite alters a table by copying it.
    render_as_batch=True,
)

with context.begin_transaction():
    context.run_migrations()
