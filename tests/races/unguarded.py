"""The clinic's database with nothing that guards it: no index says "once", no check, no trigger, and no lock is taken.

What is left is what a careful reader of the code would call enough: looking first and writing afterwards.
"""

import re

from sqlalchemy import Connection, Engine, event, text

from core import db, migrations
from tests.databases import create, drop

_LOCKING = re.compile(r"\s+FOR (NO KEY UPDATE|UPDATE|KEY SHARE|SHARE)( OF \w+(, \w+)*)?( SKIP LOCKED| NOWAIT)?")
# Primary keys stay (but that of the one clinic), and the index of papers: `ON CONFLICT` asks for one.
_GUARDS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', conrelid::regclass, conname) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid <> 'documents'::regclass
  AND (contype IN ('u', 'c', 'x') OR conname = 'pk_clinics')
UNION ALL
SELECT format('DROP INDEX IF EXISTS %I', indexname) FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'documents' AND indexdef LIKE 'CREATE UNIQUE%' AND indexname LIKE 'uq%'
UNION ALL
SELECT format('ALTER TABLE %I DISABLE TRIGGER USER', tablename) FROM pg_tables WHERE schemaname = 'public'
"""


def made(server: Engine, name: str) -> Engine:
    """A second database on the server of the real one, from nothing: to copy one, nobody else may be looking at it."""
    create(server, name)
    bare = db.engine_at(server.url.set(database=name))
    try:
        migrations.upgrade(bare)
        with bare.begin() as connection:
            for statement in connection.scalars(text(_GUARDS)).all():
                connection.execute(text(statement))
    except BaseException:
        drop(server, [bare])
        raise
    event.listen(bare, "before_cursor_execute", _without_locks, retval=True)
    return bare


def _without_locks(
    _connection: Connection, _cursor: object, statement: str, parameters: object, _context: object, _many: bool
) -> tuple[str, object]:
    return _LOCKING.sub("", statement).replace("pg_advisory_xact_lock(", "abs("), parameters
