"""Empty tables of the tests' own database: what nobody can do in a clinic, for the ledgers refuse it."""

from sqlalchemy import Connection, text

from core.models import Base


def empty(connection: Connection, kept: frozenset[str] = frozenset()) -> None:
    """All but the `kept` ones. Only a superuser may switch the triggers off."""
    tables = ", ".join(table.name for table in Base.metadata.sorted_tables if table.name not in kept)
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
