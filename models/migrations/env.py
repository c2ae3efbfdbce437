"""What Alembic runs for every command: migrations over the connection it was handed (``migrations.upgrade``)."""

from alembic import context

from models.registry import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    compare_type=True,
    **context.config.attributes["options"],
)
with context.begin_transaction():
    context.run_migrations()
