"""Run the migrations on the connection that aftershow.store.migrate hands over."""

from alembic import context

from aftershow.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    user_module_prefix="types.",
)
context.run_migrations()
