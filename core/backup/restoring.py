"""A backup comes back into an empty place, whole, or nothing of it does.

Everything that can be wrong is looked at before the first write: the file to its last byte, its passphrase, its
versions, and the place. The dump itself is one transaction: killed half-way, the place is as empty as before.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select, text

from core import audit, books, clock, db, migrations, secret, token_queue
from core.backup import archive, postgres, reading
from core.backup.taking import Tell, current_rows, first_line, key_print
from core.config import settings
from core.errors import ClinicError, Conflict
from core.models import Clinic
from core.stores import folder

RESTORED = "clinic.restored"


class NewerSchema(ClinicError):
    def __init__(self, manifest: archive.Manifest) -> None:
        super().__init__(
            f"The backup has schema {manifest.schema_version}, of a Qure newer than this one ({manifest.qure}). "
            "Install that version; nothing was changed."
        )


class NotEmpty(Conflict):
    def __init__(self, what: str) -> None:
        super().__init__(
            f"The database here is not empty: it holds {what}. A backup comes back only into an empty one: set "
            "QURE_DATA_DIR or DATABASE_URL to a new place. Nothing was changed."
        )


class InUse(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "A Qure or another program works with the database just now: stop it, then restore. Nothing was changed."
        )


class RestoreFailed(ClinicError):
    def __init__(self, said: str) -> None:
        super().__init__(f"The backup could not be brought back, and the database is as it was: {said}.")


class NotAsSaved(ClinicError):
    def __init__(self, tables: list[str]) -> None:
        super().__init__(
            f"What came back is not what was saved ({', '.join(tables)}). Do not work with it: "
            "restore another copy into another place."
        )


@dataclass(frozen=True)
class Restored:
    """`remarks` are sentences for whoever restores; `problems` are rules of the books that do not hold."""

    manifest: archive.Manifest
    rows: int
    remarks: list[str]
    problems: list[str]


def restore(
    path: Path,
    passphrase: str | None = None,
    clear: Callable[[], object] = lambda: None,
    tell: Tell = lambda size: None,
) -> Restored:
    """`clear` is called after everything was looked at and before the first write: what it raises stops the restore.

    Whoever was signed in when the backup was taken signs in again. Raises as `reading.opened`, and NewerSchema,
    NotEmpty, InUse, RestoreFailed or NotAsSaved.
    """
    with reading.opened(path, passphrase) as found:
        manifest = found.manifest
        if not migrations.is_known(manifest.schema_version):
            raise NewerSchema(manifest)
        found.check()
        with _empty_place() as connection:
            remarks = _bring_key(found)
            clear()
            token_queue.forget()
            _pour(found, tell)
            _end_sessions(connection)
            _compare(manifest, current_rows(connection))
            connection.execute(text("ANALYZE"))  # no dump brings what a plan is made with; one without takes minutes
    migrations.upgrade(db.engine())
    problems = _settle(manifest)
    return Restored(manifest, sum(manifest.rows.values()), remarks, problems)


@contextmanager
def _empty_place() -> Iterator[Connection]:
    """A database with nothing in it, held against any Qure that starts meanwhile. Raises InUse and NotEmpty."""
    with db.in_words(), db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": migrations.LOCK}):
            raise InUse
        try:
            tables = current_rows(connection)
            _only_prepared(connection, tables)
            if connection.scalar(text(_OTHERS)):
                raise InUse
            if tables:
                connection.execute(text(_DROP_PREPARED))
            yield connection
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": migrations.LOCK})


def _only_prepared(connection: Connection, tables: dict[str, int]) -> None:
    """A Qure that was started once and not set up has made its tables and written nothing. Raises NotEmpty."""
    if not tables:
        return
    if migrations.version(connection) is None:
        raise NotEmpty(f"{len(tables):,} tables that are not of Qure")
    clinic = connection.scalar(text("SELECT name FROM clinics"))
    rows = sum(count for name, count in tables.items() if name not in ("public.alembic_version", "public.audit_chains"))
    if clinic or rows:
        raise NotEmpty(f"{clinic or 'a clinic'} with {rows:,} rows")


_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""

_DROP_PREPARED = """
DO $$ DECLARE each record; BEGIN
    FOR each IN SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE 'DROP TABLE IF EXISTS ' || each.name || ' CASCADE';
    END LOOP;
    FOR each IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace LOOP
        EXECUTE 'DROP ROUTINE ' || each.name;
    END LOOP;
END $$"""


def _bring_key(found: reading.Reading) -> list[str]:
    """The clinic's own key comes first: without it the second factors in the dump cannot be read."""
    manifest, own = found.manifest, settings()
    if manifest.has_key and own.embedded and not own.secret_key:
        folder.write_private(folder.prepare(own.data_dir) / "secret_key", found.text(archive.KEY))
        return []
    if key_print(secret.key()) == manifest.key_print:
        return []
    where = "it lies in the backup as secret_key" if manifest.has_key else "it is not in the backup"
    return [
        "This Qure has another key than the clinic had (SECRET_KEY, or the file secret_key in the data folder): put "
        f"that one back before the first sign-in; {where}. Without it second factors are set up anew, and pseudonyms "
        "in analyses become others."
    ]


class _Pipe:
    """Into a program that may have given up: its exit code and its words tell that better than a broken pipe."""

    def __init__(self, program: postgres.Process, tell: Tell) -> None:
        assert program.stdin
        self._into, self._tell, self._broken = program.stdin, tell, False

    def write(self, data: bytes) -> int:
        if not self._broken:
            try:
                self._into.write(data)
            except BrokenPipeError:
                self._broken = True
        self._tell(len(data))
        return len(data)

    def flush(self) -> None:
        pass


def _pour(found: reading.Reading, tell: Tell) -> None:
    with tempfile.TemporaryFile() as said:
        program = postgres.restore(said)
        try:
            found.pour(archive.DUMP, _Pipe(program, tell))
        except BaseException:
            program.kill()  # the server rolls back what has no end
            raise
        finally:
            program.communicate()
        if program.returncode:
            raise RestoreFailed(first_line(said) or "pg_restore ended without a word")


def _end_sessions(connection: Connection) -> None:
    """At once, in whatever schema came back: what follows takes minutes, and may fail or be killed."""
    connection.execute(text("UPDATE sign_ins SET ended_at = :now WHERE ended_at IS NULL"), {"now": clock.now()})


def _compare(manifest: archive.Manifest, rows: dict[str, int]) -> None:
    differ = sorted(name for name in manifest.rows.keys() | rows.keys() if manifest.rows.get(name) != rows.get(name))
    if differ:
        raise NotAsSaved(differ)


def _settle(manifest: archive.Manifest) -> list[str]:
    """The books are proved, today's queue is in Redis, and the trail tells of it."""
    with db.transaction() as session:
        token_queue.refill(session)
        problems = [found.problem for found in books.check(session)]
        if clinic := session.scalar(select(Clinic)):
            taken: audit.Changes = {"taken_at": (None, manifest.taken_at)}
            audit.record(session, None, audit.UPDATE, RESTORED, clinic, taken)
    return problems
