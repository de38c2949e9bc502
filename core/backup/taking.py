"""A backup is taken while people work: one snapshot for the dump, the counts and the head of the audit trail.

It is written beside its name, sealed, read again from the disk, and only then gets its name. Whatever goes wrong, there
is no file with that name that is not whole, and what stood there before stays.
"""

import errno
import hashlib
import hmac
import io
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, text

from core import clock, db, migrations, secret
from core.backup import archive, postgres, reading, writing
from core.backup.alone import alone
from core.config import settings
from core.errors import ClinicError, Conflict
from core.stores.folder import closed
from core.words import say

SHORTEST = 12  # characters of a passphrase: whoever finds the file may guess for years
LOCK = ".qure-backup.lock"
_UNFINISHED = re.compile(r"\..+\.[0-9a-f]{8}\.part", re.DOTALL)
Tell = Callable[[int], object]  # hears how many bytes of the dump went by


class NothingToSave(ClinicError):
    def __init__(self) -> None:
        super().__init__(say("The database is empty: there is nothing to save yet."))


class NoRoom(ClinicError):
    def __init__(self, folder: Path) -> None:
        super().__init__(
            say(
                "There is no room left for a backup in {folder}. Nothing was left there, and older ones are as "
                "they were.",
                folder=folder,
            )
        )


class CannotWrite(ClinicError):
    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(say("A backup cannot be written in {folder}: {why}.", folder=folder, why=why))


class DumpFailed(ClinicError):
    def __init__(self, said: str) -> None:
        super().__init__(
            say("The database could not be saved: {said}.", said=said or say("pg_dump ended without a word"))
        )


class AnotherAtWork(Conflict):
    def __init__(self, folder: Path) -> None:
        super().__init__(say("Another backup is being written in {folder} just now.", folder=folder))


class SomethingElse(Conflict):
    def __init__(self, path: Path) -> None:
        super().__init__(say("{path} is there already and is no backup of Qure. Choose another name.", path=path))


class WeakPassphrase(ClinicError):
    def __init__(self) -> None:
        super().__init__(say("The passphrase of backups needs at least {fewest} characters.", fewest=SHORTEST))


@dataclass(frozen=True)
class Taken:
    path: Path
    size: int
    taken_at: datetime
    encrypted: bool


def take(target: Path, passphrase: str | None = None, tell: Tell = lambda size: None) -> Taken:
    """One file, whole. An older backup of that name is replaced in one step.

    Raises WeakPassphrase, AnotherAtWork, SomethingElse, NothingToSave, DumpFailed, NoRoom or CannotWrite.
    """
    if passphrase is not None and len(passphrase) < SHORTEST:
        raise WeakPassphrase
    folder = target.absolute().parent
    with _troubles_in_words(folder), turn(folder):
        if target.is_symlink() or (target.exists() and not _is_backup(target)):
            raise SomethingElse(target)
        fresh = folder / f".{target.name}.{secrets.token_hex(4)}.part"
        try:
            with open(fresh, "xb", opener=closed) as file:
                manifest, identity = _write(file, passphrase, tell)
            with reading.opened(fresh, passphrase, identity) as found:
                found.check()
            size = fresh.stat().st_size
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
        _sync(folder)
    return Taken(target, size, manifest.taken_at, passphrase is not None)


@contextmanager
def turn(folder: Path) -> Iterator[None]:
    """One at a time in a folder. What a killed one left there is removed. Raises AnotherAtWork."""
    with alone(folder / LOCK, AnotherAtWork(folder)):
        for left in folder.iterdir():
            if _UNFINISHED.fullmatch(left.name) and left.is_file() and not left.is_symlink():
                left.unlink(missing_ok=True)
        yield


def key_print(key: str) -> str:
    """Tells two keys apart and tells neither."""
    return hmac.new(key.encode(), b"the key of a backup", hashlib.sha256).hexdigest()[:16]


def current_rows(connection: Connection) -> dict[str, int]:
    """The number of rows of every table there is, whatever the schema's version."""
    names = connection.scalars(
        text(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        )
    ).all()
    return {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names}


def _write(file: IO[bytes], passphrase: str | None, tell: Tell) -> tuple[archive.Manifest, object]:
    with _snapshot() as (connection, snapshot), writing.begun(file, passphrase) as into:
        if migrations.version(connection) is None:
            raise NothingToSave
        taken_at = clock.now()
        _add_dump(into, snapshot, tell)
        own_key = secret.key()
        if with_key := passphrase is not None and not settings().secret_key:
            into.add(archive.KEY, io.BytesIO(own_key.encode()))
        length, head = _chain(connection)
        manifest = archive.Manifest(
            qure=version("qure"),
            schema_version=str(migrations.version(connection)),
            clinic=connection.scalar(text("SELECT name FROM clinics")) or "",
            taken_at=taken_at,
            rows=current_rows(connection),
            chain_length=length,
            chain_head=head,
            key_print=key_print(own_key),
            has_key=with_key,
            members=dict(into.members),
        )
        into.add(archive.MANIFEST, io.BytesIO(manifest.model_dump_json(indent=2).encode()))
        return manifest, into.identity


@contextmanager
def _snapshot() -> Iterator[tuple[Connection, str]]:
    """A transaction that sees the database as it is at this moment, and the name by which pg_dump sees the same."""
    with db.in_words(), db.engine().connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield connection, str(connection.scalar(text("SELECT pg_export_snapshot()")))


def _add_dump(into: writing.Writing, snapshot: str, tell: Tell) -> None:
    with tempfile.TemporaryFile() as said, postgres.dump(snapshot, said) as dumping:
        assert dumping.stdin is not None
        assert dumping.stdout is not None
        dumping.stdin.close()
        try:
            into.add(archive.DUMP, _Told(dumping.stdout, tell))
        except BaseException:
            dumping.kill()
            raise
        if dumping.wait():
            raise DumpFailed(first_line(said))


def first_line(said: IO[bytes]) -> str:
    """What a program complained of, without the rows that may follow."""
    said.seek(0)
    return said.readline(500).decode(errors="replace").strip().rstrip(".")


def _chain(connection: Connection) -> tuple[int, str]:
    row = connection.execute(text("SELECT length, head FROM audit_chains")).one_or_none()
    return (row.length, row.head) if row else (0, "")


class _Told:
    def __init__(self, source: archive.Source, tell: Tell) -> None:
        self._source, self._tell = source, tell

    def read(self, size: int = -1) -> bytes:
        part = self._source.read(size)
        self._tell(len(part))
        return part


def _is_backup(path: Path) -> bool:
    with suppress(reading.Damaged, OSError):
        return reading.looks_like_one(path)
    return False


def _sync(folder: Path) -> None:
    """The name itself, too, is on disk."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextmanager
def _troubles_in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise NoRoom(folder) from error
        raise CannotWrite(folder, error.strerror or str(error)) from error
