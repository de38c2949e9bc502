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
