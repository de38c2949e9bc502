"""Qure's way to the newest schema: never without a backup of what is there."""

from core import db, migrations
from core.backup.keeping import before_migration


def upgrade() -> None:
    """Killed at any moment, the database has the old schema or the new one; the next start goes on from there."""
    migrations.upgrade(db.engine(), before_migration)
