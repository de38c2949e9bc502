"""The schema's history (Alembic), and the way forward: `upgrade` at every start."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from core import db
from core.errors import StoreUnavailable

# Any number will do, so long as every process that migrates takes the same one.
LOCK = 7_203_517


def upgrade(engine: Engine, before: Callable[[str], object] = lambda newest: None) -> None:
    """Bring the schema to the newest version. Whoever comes second waits and finds nothing to do.

    All steps run in one transaction: killed half-way, the schema is the old one. `before` is called with the newest
    version if there are records to be migrated; what it raises stops the migration. Raises StoreUnavailable if the
    database was made by a newer Qure.
    """
    with db.in_words(), engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))  # while `before` is at work
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        current, newest = version(connection), newest_version()
        if current == newest:
            return
        if current is not None and not is_known(current):
            raise StoreUnavailable(
                f"The database has schema {current}, which this version of Qure does not know. Install a newer Qure."
            )
        if current is not None:
            before(newest)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def version(connection: Connection) -> str | None:
    """The schema version of a database; None if it has none yet."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_version() -> str:
    return str(_scripts().get_current_head())


def is_known(revision: str) -> bool:
    """Whether this Qure can bring a database of that version up to date."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
