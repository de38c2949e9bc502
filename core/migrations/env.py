"""Alembic's entry: runs on the connection that `upgrade` hands over, or on the clinic's own from the command line."""

from alembic import context

from core import db
from core.models import Base


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _run_on(connection)
        return
    with db.engine().begin() as connection:
        _run_on(connection)


def _run_on(connection) -> None:  # type: ignore[no-untyped-def]
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


run()
