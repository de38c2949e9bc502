"""Every schema that was ever released comes forward with its records, and a migration that is killed has never been.

A child is killed (-9) right before its k-th statement. QURE_EVERY_STATEMENT=1 kills it before each one, and migrates
from each version; without it a sample of both.
"""

import os
import time
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.orm import Session

from core import books, migrations, secret, stores
from core.backup import taking
from tests.databases import create, drop
from tests.stores.conftest import Person

RECORDS = (Path(__file__).parent / "a_day_in_the_first_schema.sql").read_text()
VERSIONS = [script.revision for script in reversed(list(migrations._scripts().walk_revisions()))]
LAST = "0009"  # of the last Qure that clinics have; what came since is long enough to be killed in its middle
EVERYTHING = bool(os.environ.get("QURE_EVERY_STATEMENT"))
LOOKED_AT = VERSIONS if EVERYTHING else [VERSIONS[0], LAST]


@pytest.fixture(scope="module")
def databases(engine):
    """A function that makes a database, empty or as a copy of another, and tells how to reach it."""
    made = []

    def make(name, like="template1"):
        create(engine, name, like)
        made.append(create_engine(engine.url.set(database=name), poolclass=NullPool))
        return made[-1]

    yield make
    drop(engine, made)


@pytest.fixture(scope="module")
def released(databases):
    """The day of the first schema, brought to each version that is looked at: {version: database}."""
    at = {}
    for number, version in enumerate(LOOKED_AT):
        like = f"released_{LOOKED_AT[number - 1]}" if number else "template1"
        at[version] = databases(f"released_{version}", like)
        with at[version].begin() as connection:
            config = migrations._config()
            config.attributes["connection"] = connection
            command.upgrade(config, version)
            if not number:
                connection.exec_driver_sql(RECORDS.replace("%", "%%"))
    return at


@pytest.fixture(scope="module")
def person(engine, tmp_path_factory):
    """A process that migrates, or is killed in it; it keeps no connection of its own."""
    person = Person(tmp_path_factory.mktemp("migrating"), DATABASE_URL="", SECRET_KEY=secret.key())
    yield person
    person.leave()


def address(database):
    return database.url.render_as_string(hide_password=False)


def seen(database):
    with database.connect() as connection:
        columns = text("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public'")
        return migrations.version(connection), connection.scalar(columns), taking.current_rows(connection)


def killed_at(person, database, number, in_one_transaction=True):
    """Whether the child was killed before its statement of this number; otherwise it came to its end."""
    return person.ask(f"killed_migration({address(database)!r}, {number}, {in_one_transaction})")


@pytest.mark.parametrize("version", LOOKED_AT)
def test_records_of_every_released_schema_come_forward_and_the_books_balance(released, databases, version):
    before = seen(released[version])[2]
    forward = databases(f"forward_{version}", f"released_{version}")

    migrations.upgrade(forward)

    schema, _, rows = seen(forward)
    assert schema == VERSIONS[-1]
    kept = before.keys() & rows.keys()
    assert {name: rows[name] for name in kept} == {name: before[name] for name in kept}
    with Session(forward) as session:
        assert [found.problem for found in books.check(session)] == []
        assert session.scalar(text("SELECT sum(amount) FROM credit_notes")) == 8


@pytest.mark.parametrize("version", [LAST, None])
def test_a_migration_killed_at_any_statement_has_never_been(released, databases, person, version):
    name = f"killed_{version}".lower()
    database = databases(name, f"released_{version}" if version else "template1")
    before = seen(database)
    some = [1, 4, 7, 11, 16, 24, 10_000] if version else [5, 60, 200, 10_000]

    for number in range(1, 10_000) if EVERYTHING else some:
        if not killed_at(person, database, number):
            break
        assert seen(database) == before

    assert seen(database)[0] == VERSIONS[-1]
    assert number > 20


def test_without_one_transaction_a_killed_migration_would_be_half_done(released, databases, person):
    """The negative control of the test above: the same kill, each statement committed by itself."""
    database = databases("half", f"released_{LAST}")
    before = seen(database)

    assert killed_at(person, database, 16, in_one_transaction=False)

    assert seen(database)[0] == before[0]
    assert seen(database) != before


def test_a_backup_is_taken_before_and_brings_back_the_older_schema(released, databases, engine, tmp_path):
    database, empty = databases("updates", f"released_{LAST}"), databases("comes_back")
    own = stores.addresses()
    environment = {"REDIS_URL": own.redis_url, "MONGO_URL": own.mongo_url, "SECRET_KEY": secret.key()}
    environment |= {"QURE_BACKUP_DIR": str(tmp_path / "kept")}
    updating = Person(tmp_path, DATABASE_URL=address(database), **environment)

    updating.ask("upgrade()")

    (path,) = (tmp_path / "kept").glob(f"qure-*-before-{VERSIONS[-1]}.qure")
    assert seen(database)[0] == VERSIONS[-1]
    back = Person(tmp_path, DATABASE_URL=address(empty), **environment)
    rows, _, problems = back.ask(f"restore({str(path)!r})")
    assert rows == sum(seen(released[LAST])[2].values())
    assert problems == []
    assert seen(empty)[:2] == seen(database)[:2]
    for one in (updating, back):
        one.leave()


def test_without_room_for_the_backup_nothing_is_migrated(released, databases, tmp_path):
    database = databases("no_room", f"released_{LAST}")
    own = stores.addresses()
    (tmp_path / "file").write_text("where the folder should be")
    updating = Person(
        tmp_path, DATABASE_URL=address(database), REDIS_URL=own.redis_url, MONGO_URL=own.mongo_url,
        SECRET_KEY=secret.key(), QURE_BACKUP_DIR=str(tmp_path / "file"),
    )  # fmt: skip

    assert updating.ask("attempt(upgrade)").startswith("StoreUnavailable: ")

    assert seen(database) == seen(released[LAST])
    updating.leave()


def test_a_backup_that_takes_long_does_not_end_the_migration_that_waits_for_it(engine, monkeypatch):
    """The app's own connections are ended when they idle in a transaction, here after a twentieth of a second."""
    idle = {"options": "-c idle_in_transaction_session_timeout=50ms"}
    impatient = create_engine(engine.url, poolclass=NullPool, connect_args=idle)
    migrated = []
    monkeypatch.setattr(migrations, "version", lambda connection: LAST)
    monkeypatch.setattr(
        migrations.command,
        "upgrade",
        lambda config, to: migrated.append(config.attributes["connection"].scalar(text("SELECT 1"))),
    )

    migrations.upgrade(impatient, lambda newest: time.sleep(0.2))

    assert migrated == [1]
