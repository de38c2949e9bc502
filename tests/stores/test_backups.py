"""A backup is whole or is none: cut, changed, newer, in the wrong place or without its passphrase it is refused before
the first write, and whatever is killed or full, yesterday's stays.

Backups are taken of the tests' own database, and come back into databases beside it, in a process of its own.
QURE_EVERY_BYTE=1 flips every byte instead of a sample.
"""

import io
import json
import os
import re
import zipfile
from types import SimpleNamespace

import pyrage
import pytest
from sqlalchemy import NullPool, create_engine, text

from core import auth, backup, db, patients, secret, stores
from core.backup import archive, postgres, reading, taking, writing
from core.cli import backup as cli
from core.config import settings
from core.models import User
from core.permissions import Role
from tests import emptying, factories
from tests.databases import create, drop
from tests.stores.altered_files import altered, resealed
from tests.stores.conftest import Person

SESSIONS = "SELECT count(*) FROM sign_ins WHERE ended_at IS NULL"
KNOWN_TO_THE_PLANNER = "SELECT count(*) FROM pg_stats WHERE tablename = 'patients'"
PASSPHRASE = "seven herons by the lake"


@pytest.fixture(scope="module")
def lived(engine):
    """A clinic with a few records, really committed."""
    with db.transaction() as session:
        factories.set_up(session)
        admin = factories.an_admin(session)
        doctor = factories.a_user(session, Role.DOCTOR, "Dr Sen")
        for number in range(40):
            factories.a_patient(session, name=f"Canary Warbler {number}")
        factories.pay(session, factories.an_invoice(session))
        factories.a_token(session, "Asha Rao", doctor)
        auth.open_session(session, session.get_one(User, admin.user_id))
    yield admin
    with engine.begin() as connection:
        emptying.empty(connection)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("backups")


@pytest.fixture(scope="module")
def plain(lived, folder):
    return backup.take(folder / "plain.qure").path


@pytest.fixture(scope="module")
def encrypted(lived, folder):
    return backup.take(folder / "encrypted.qure", PASSPHRASE).path


@pytest.fixture(scope="module")
def identity(encrypted):
    """What `age -d key.age` says to whoever knows the passphrase."""
    with zipfile.ZipFile(encrypted) as zipped:
        key = pyrage.passphrase.decrypt(zipped.read(archive.SEALED_KEY), PASSPHRASE)
    return pyrage.x25519.Identity.from_str(key.decode().strip())


@pytest.fixture(scope="module")
def beside(engine, tmp_path_factory):
    """Makes a process that works with a new and empty database, and finds Redis and MongoDB where the tests do."""
    people, places = [], []

    def make(name, **settings):
        create(engine, name)
        url = engine.url.set(database=name)
        own = stores.addresses()
        addresses = {"REDIS_URL": own.redis_url, "MONGO_URL": own.mongo_url}
        addresses["DATABASE_URL"] = url.render_as_string(hide_password=False)
        addresses["SECRET_KEY"] = secret.key()
        home = tmp_path_factory.mktemp(name)
        person = Person(home, **addresses | settings)
        person.folder = home
        people.append(person)
        places.append(create_engine(url, poolclass=NullPool))
        return person, places[-1]

    yield make
    for person in people:
        person.leave()
    drop(engine, places)


@pytest.fixture(scope="module")
def empty(beside):
    """One empty place for everything that is refused: it has to be as empty afterwards."""
    person, place = beside("empty_place")
    yield person
    with place.connect() as connection:
        assert taking.current_rows(connection) == {}
    place.dispose()


def refused(person, path, passphrase=None):
    return person.ask(f"attempt(lambda: restore({str(path)!r}, {passphrase!r}))")


def test_what_comes_back_is_what_was_saved_and_nobody_is_signed_in(plain, beside):
    person, place = beside("came_back")
    with reading.opened(plain, None) as found:
        saved = found.manifest

    assert person.ask(f"restore({str(plain)!r})") == [sum(saved.rows.values()), [], []]

    with place.connect() as connection:
        rows = taking.current_rows(connection)
        assert connection.scalar(text("SELECT count(*) FROM audit_events WHERE event = 'clinic.restored'")) == 1
        assert connection.scalar(text(SESSIONS)) == 0
        assert connection.scalar(text(KNOWN_TO_THE_PLANNER)) > 0
    assert rows == saved.rows | {"public.audit_events": saved.rows["public.audit_events"] + 1}
    assert refused(person, plain).startswith("NotEmpty: The database here is not empty: it holds")
    with place.connect() as connection:
        assert taking.current_rows(connection) == rows
    place.dispose()


def test_sessions_of_then_are_over_even_if_the_restore_goes_no_further_than_the_rows(plain, beside):
    person, place = beside("killed_late")
    person.ask("setattr(__import__('core.migrations').migrations, 'upgrade', None)")
    assert refused(person, plain).startswith("TypeError: ")

    with place.connect() as connection:
        assert connection.scalars(text("SELECT count(*) FROM sign_ins")).one() > 0
        assert connection.scalar(text(SESSIONS)) == 0
    place.dispose()


@pytest.mark.parametrize("in_one_snapshot", [True, False])
def test_who_registers_while_the_dump_is_made_is_in_neither_dump_nor_counts(
    lived, folder, beside, monkeypatch, in_one_snapshot
):
    """Without the snapshot the same restore finds that the counts are not those of the dump."""

    def dump(snapshot, said):
        with db.transaction() as session:
            patients.register(session, lived, patients.PatientDetails(name="Late Comer", sex="FEMALE"))
        if in_one_snapshot:
            return postgres_dump(snapshot, said)
        return postgres._start("pg_dump", ["--format=custom"], said)

    postgres_dump = postgres.dump
    monkeypatch.setattr(postgres, "dump", dump)
    path = backup.take(folder / f"load_{in_one_snapshot}.qure".lower()).path
    person, place = beside(f"load_{in_one_snapshot}".lower())

    answer = refused(person, path)

    if in_one_snapshot:
        assert answer[1:] == [[], []]
    else:
        assert "NotAsSaved: What came back is not what was saved (public.audit_events" in answer
    place.dispose()


def test_a_cut_file_is_refused(plain, folder, empty):
    whole = plain.read_bytes()
    cut = folder / "cut.qure"
    for length in (0, 1, 63, 64, 100, len(whole) // 3, len(whole) // 2, len(whole) - 65, len(whole) - 1):
        cut.write_bytes(whole[:length])
        with pytest.raises(reading.Damaged), reading.opened(cut, None):
            pass
    cut.write_bytes(whole[: len(whole) // 2])

    assert refused(empty, cut).startswith("Damaged: cut.qure is damaged, cut or no backup of Qure.")


def test_a_flipped_byte_is_refused_wherever_it_is(plain, folder):
    whole = plain.read_bytes()
    step = 1 if os.environ.get("QURE_EVERY_BYTE") else len(whole) // 150
    with zipfile.ZipFile(plain) as zipped:
        headers = [found.header_offset + at for found in zipped.infolist() for at in range(30)]
    flipped = folder / "flipped.qure"
    for place in {*range(0, len(whole), step), *headers, *range(len(whole) - 64 - 150, len(whole))}:
        changed = bytearray(whole)
        changed[place] ^= 0x20
        flipped.write_bytes(changed)
        with pytest.raises(reading.Damaged), reading.opened(flipped, None) as found:
            found.check()


def test_whoever_changes_a_backup_and_seals_it_anew_is_found_out(plain, encrypted, identity, folder):
    for path, key in ((plain, None), (encrypted, identity)):
        with zipfile.ZipFile(path) as zipped:
            dump = next(found for found in zipped.infolist() if found.filename.startswith(archive.DUMP))
        forged = resealed(path, dump.header_offset + dump.compress_size // 2, folder / "forged.qure")

        with pytest.raises(reading.Damaged), reading.opened(forged, None, key) as found:
            found.check()


def test_a_machine_that_is_too_busy_for_a_passphrase_does_not_call_it_wrong(encrypted, monkeypatch):
    waits = []
    monkeypatch.setattr(reading, "time", SimpleNamespace(sleep=waits.append))
    with zipfile.ZipFile(encrypted) as zipped:
        sealed = re.sub(rb"(-> scrypt \S+) \d+", rb"\1 30", zipped.read(archive.SEALED_KEY))

    with pytest.raises(reading.TooBusy, match="too busy"):
        reading._opened(sealed, PASSPHRASE)
    assert len(waits) == 4


def test_without_its_passphrase_an_encrypted_backup_says_nothing(encrypted, empty):
    assert refused(empty, encrypted) == "PassphraseNeeded: This backup is encrypted: give its passphrase."
    assert refused(empty, encrypted, "eight herons by the lake").startswith("WrongPassphrase: ")
    content = encrypted.read_bytes()
    assert b"Canary" not in content
    assert b"audit_events" not in content
    assert secret.key().encode() not in content


def test_a_plain_file_does_not_pass_for_an_encrypted_one(plain, empty, monkeypatch):
    said = "NotEncrypted: plain.qure is not encrypted, although there is a passphrase for it"
    assert refused(empty, plain, PASSPHRASE).startswith(said)

    monkeypatch.setitem(settings().__dict__, "backup_passphrase", PASSPHRASE)
    assert cli._its_passphrase(plain, from_stdin=False, plain=False) == PASSPHRASE
    assert cli._its_passphrase(plain, from_stdin=False, plain=True) is None
    monkeypatch.setitem(settings().__dict__, "backup_passphrase", None)
    assert cli._its_passphrase(plain, from_stdin=False, plain=False) is None


def test_other_programs_open_an_encrypted_backup(encrypted, identity):
    """As `age -d -i key.age database.dump.age` does."""
    with zipfile.ZipFile(encrypted) as zipped:
        members = {name: zipped.read(name) for name in zipped.namelist()}
    assert {content.split(b"\n", 1)[0] for content in members.values()} == {b"age-encryption.org/v1"}

    assert pyrage.decrypt(members["database.dump.age"], [identity]).startswith(b"PGDMP")
    assert pyrage.decrypt(members["secret_key.age"], [identity]).decode() == secret.key()
    assert json.loads(pyrage.decrypt(members["manifest.json.age"], [identity]))["clinic"]


def test_the_clinics_own_key_comes_back_with_an_encrypted_backup_only(plain, encrypted, beside):
    """The place has Valkey embedded, so that it makes a key of its own."""
    assert secret.key().encode() not in plain.read_bytes()
    person, place = beside("own_key", SECRET_KEY="", REDIS_URL="")

    rows, remarks, _ = person.ask(f"restore({str(encrypted)!r}, {PASSPHRASE!r})")

    assert rows > 40
    assert remarks == []
    assert (person.folder / "secret_key").read_text() == secret.key()
    person, place = beside("other_key", SECRET_KEY="", REDIS_URL="")
    assert "This Qure has another key than the clinic had" in person.ask(f"restore({str(plain)!r})")[1][0]
    place.dispose()


def test_a_backup_of_a_newer_qure_is_refused(plain, folder, empty):
    newer = altered(plain, folder / "newer.qure", schema_version="0999")
    later = altered(plain, folder / "later.qure", format=archive.FORMAT + 1)

    assert "NewerSchema: The backup has schema 0999, of a Qure newer than this one" in refused(empty, newer)
    assert "NewerFormat: later.qure was made by a newer Qure" in refused(empty, later)


def test_a_restore_that_the_database_refuses_leaves_it_empty(plain, folder, empty):
    """The last rows of the dump cannot be taken: the first ones are not kept either."""
    with reading.opened(plain, None) as found:
        dump = io.BytesIO()
        found.pour(archive.DUMP, dump)
    half = dump.getvalue()[: len(dump.getvalue()) * 2 // 3]
    broken = folder / "broken.qure"
    with open(broken, "wb") as file, writing.begun(file, None) as into:
        into.add(archive.DUMP, io.BytesIO(half))
        with reading.opened(plain, None) as found:
            manifest = found.manifest.model_copy(update={"members": dict(into.members)})
        into.add(archive.MANIFEST, io.BytesIO(manifest.model_dump_json().encode()))

    assert refused(empty, broken).startswith("RestoreFailed: The backup could not be brought back, and the database is")


def test_a_place_where_somebody_works_is_refused(plain, beside):
    person, place = beside("in_use")
    with place.connect() as connection:
        connection.execute(text("SELECT 1"))
        assert refused(person, plain).startswith("InUse: A Qure or another program works with the database just now")
    place.dispose()
