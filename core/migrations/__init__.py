"""The schema's history (Alembic), and the way forward: `upgrade` at every start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from core import db
from core.errors import StoreUnavailable

# Any number will do, so long as every process that migrates takes the same one.
_LOCK = 7_203_517


def upgrade(engine: Engine) -> None:
    """Bring the schema to the newest version. Whoever comes second waits and finds nothing to do.

    All steps run in one transaction: killed half-way, the schema is the old one. Raises StoreUnavailable if the
    database was made by a newer Qure.
    """
    with db.in_words(), engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        current, newest = version(connection), newest_version()
        if current == newest:
            return
        if current is not None and not _known(current):
            raise StoreUnavailable(
                f"The database has schema {current}, which this version of Qure does not know. Install a newer Qure."
            )
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def version(connection: Connection) -> str | None:
    """The schema version of a database; None if it has none yet."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_version() -> str:
    return str(_scripts().get_current_head())


def _known(revision: str) -> bool:
    return revision in {script.revision for script in _scripts().walk_revisions()}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
