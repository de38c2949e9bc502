import traceback

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from core import clock, db, migrations
from core.errors import Invalid, StoreUnavailable
from core.models import VisitNote
from tests.factories import a_completed_visit


@pytest.fixture
def nowhere():
    """The engine of a database that nobody serves."""
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 1})
    yield engine
    engine.dispose()


@pytest.mark.usefixtures("committed")
def test_what_a_transaction_asked_for_happens_after_its_commit_and_only_then():
    told = []
    with db.transaction() as session:
        db.after_commit(session, lambda: told.append("committed"))
        assert told == []
    assert told == ["committed"]

    with pytest.raises(ZeroDivisionError), db.transaction() as session:
        db.after_commit(session, lambda: told.append("never"))
        raise ZeroDivisionError
    assert told == ["committed"]


@pytest.mark.usefixtures("committed")
def test_an_effect_that_fails_does_not_undo_what_is_committed(caplog):
    told = []
    with db.transaction() as session:
        db.after_commit(session, lambda: 1 / 0)
        db.after_commit(session, lambda: told.append("the next one"))

    assert told == ["the next one"]
    assert "An effect after the commit failed" in caplog.text


def test_a_database_that_is_away_is_a_sentence(nowhere):
    with pytest.raises(StoreUnavailable, match="The database cannot be reached"):
        migrations.upgrade(nowhere)


def test_a_database_that_shuts_down_in_the_middle_is_a_sentence(engine):
    with pytest.raises(StoreUnavailable), db.transaction() as session:
        backend = session.scalar(text("SELECT pg_backend_pid()"))
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})
        session.execute(text("SELECT 1"))


def test_the_next_transaction_after_a_lost_connection_works(engine):
    test_a_database_that_shuts_down_in_the_middle_is_a_sentence(engine)

    with db.transaction() as session:
        assert session.scalar(text("SELECT 1")) == 1


@pytest.fixture
def own(engine):
    """Connections that nobody else uses."""
    made = db.engine_at(engine.url)
    db.session_factory().configure(bind=made)
    yield made
    db.session_factory().configure(bind=engine)
    made.dispose()


def test_a_look_is_one_round_trip_and_a_transaction_two_more(own, tmp_path):
    assert round_trips(db.lookers(own), db.reading, tmp_path / "look") == 1
    assert round_trips(own, db.transaction, tmp_path / "transaction") == 3  # BEGIN and COMMIT


def round_trips(engine, door, path):
    """How often the server says that it is ready, by libpq's own record of one connection."""
    with path.open("w") as record:
        connection = engine.raw_connection()
        connection.driver_connection.pgconn.trace(record.fileno())
        connection.close()
        asked(door)
        engine.dispose()
    return path.read_text().count("ReadyForQuery")


@pytest.mark.parametrize("door", [db.reading, db.transaction])
def test_a_connection_that_the_server_ended_meanwhile_is_replaced_and_nobody_notices(engine, door):
    backend = asked(door)
    with engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend})

    assert asked(door) != backend


@pytest.mark.parametrize("door", [db.reading, db.transaction])
def test_a_connection_that_nobody_used_for_long_is_asked_first(engine, door, monkeypatch):
    backend = asked(door)
    monkeypatch.setattr(db, "_something_came", lambda connection: False)  # as where the other end vanished
    monkeypatch.setattr(db, "_BELIEVED_SECONDS", 0)
    with engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend})

    assert asked(door) != backend


def asked(door):
    with door() as session:
        return session.scalar(text("SELECT pg_backend_pid()"))


@pytest.mark.usefixtures("committed")
def test_a_look_sees_what_was_committed_since_it_began():
    with db.reading() as session:
        before = session.scalar(text("SELECT name FROM clinics"))
        with db.transaction() as other:
            other.execute(text("UPDATE clinics SET name = 'Another'"))
        assert session.scalar(text("SELECT name FROM clinics")) == "Another" != before
        assert session.scalar(text("SHOW transaction_read_only")) == "on"


def test_when_every_connection_is_in_use_it_is_a_sentence(engine):
    full = create_engine(engine.url, pool_size=1, max_overflow=0, pool_timeout=0.1)
    with full.connect(), pytest.raises(StoreUnavailable, match="Too many people"):
        migrations.upgrade(full)
    full.dispose()


def test_a_wrong_statement_stays_a_bug(engine):
    with pytest.raises(ProgrammingError), db.transaction() as session:
        session.execute(text("SELECT * FROM no_such_table"))


@pytest.mark.parametrize("value", ["CAST(9223372036854775808 AS bigint)", "DATE '0001-01-01' - 3000000"])
def test_a_number_or_a_day_that_nothing_holds_is_a_sentence(engine, value):
    with pytest.raises(Invalid, match="out of range"), db.transaction() as session:
        session.execute(text(f"SELECT {value}"))


@pytest.mark.parametrize(("state", "sentence"), [("53100", "disk of the database is full"), ("58030", "its disk")])
def test_a_disk_that_is_full_or_broken_is_a_sentence(engine, state, sentence):
    with pytest.raises(StoreUnavailable, match=sentence), db.transaction() as session:
        session.execute(text(f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$"))


def test_an_error_names_the_rule_and_quotes_nothing_of_the_row(engine, session, doctor):
    visit = a_completed_visit(session, doctor)
    note = VisitNote(visit_id=visit.visit_id, body="Suicidal", reason="Suicidal", written_at=clock.now())
    session.add(note)
    with pytest.raises(IntegrityError, match='null value in column "author_id"') as refused:
        session.flush()

    assert "Suicidal" not in "".join(traceback.format_exception(refused.value))
