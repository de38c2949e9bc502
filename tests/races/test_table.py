"""Every race of the table, twice: with the guards the second one hears the truth and the check holds; without any lock
and constraint the race really happens, and the same check sees it. So neither the race nor its check is for show."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest
from sqlalchemy import text

from core import db
from core.models import Base
from tests import factories
from tests.databases import drop
from tests.emptying import empty
from tests.races import at_the_desk, at_the_shelf, in_the_office, in_the_room, over_money, unguarded
from tests.races.table import RACES

pytestmark = pytest.mark.usefixtures("without_redis")
THEMES = (at_the_desk, in_the_room, over_money, at_the_shelf, in_the_office)  # each enters its races


def name(race):
    return race.prepare.__name__


def run(engine, race):
    """What the second was told, who came while the first had not committed; and whether the check holds."""
    with db.transaction() as session:
        first, second = race.prepare(session)
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            first(session)
            session.flush()
            coming = pool.submit(told, second)
            waited = waits(engine, coming)
        answer = coming.result(timeout=10)
    with db.reading() as session:
        return waited, answer, session.scalar(text(race.holds))


def a_clinic(engine, race):
    """Set up, unless the race is about that; and swept afterwards, in a fraction of the time that emptying takes."""
    if race.in_a_clinic:
        with db.transaction() as session:
            factories.set_up(session)
    yield engine
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        sweep = "; ".join(f"DELETE FROM {table.name}" for table in Base.metadata.sorted_tables)
        connection.exec_driver_sql(sweep)


def told(step):
    try:
        with db.transaction() as session:
            return step(session)
    except Exception as refusal:
        return refusal


def waits(engine, coming):
    """Whether the second has come to a lock; without one it is soon done."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = monotonic() + 5
    with engine.connect() as connection:
        while monotonic() < deadline and not coming.done():
            if connection.scalar(waiting):
                return True
            connection.rollback()
            sleep(0.005)
    return False


@pytest.fixture(scope="module")
def guarded(engine):
    yield engine
    with engine.begin() as connection:
        empty(connection)


@pytest.fixture
def guarded_clinic(guarded, race):
    yield from a_clinic(guarded, race)


@pytest.mark.parametrize("race", RACES, ids=name)
def test_of_two_at_once_the_second_waits_and_hears_the_truth(guarded_clinic, race):
    waited, answer, holds = run(guarded_clinic, race)

    assert waited, f"the second did not wait: {answer!r}"
    if race.hears:
        assert isinstance(answer, race.hears), repr(answer)
    else:
        assert not isinstance(answer, Exception), repr(answer)
    assert holds


@pytest.fixture(scope="module")
def bare(engine):
    made = unguarded.made(engine, "unguarded")
    yield made
    drop(engine, [made])


@pytest.fixture
def unguarded_clinic(bare, engine, race):
    db.session_factory().configure(bind=bare)
    yield from a_clinic(bare, race)
    db.session_factory().configure(bind=engine)


@pytest.mark.parametrize("race", RACES, ids=name)
def test_without_the_guards_it_goes_wrong_and_the_check_sees_it(unguarded_clinic, race, monkeypatch):
    if race.careless:
        monkeypatch.setattr(*race.careless)
    _, answer, holds = run(unguarded_clinic, race)

    assert not holds, f"nothing went wrong; the second was told {answer!r}"


def test_there_are_thirty_of_them():
    assert len({name(race) for race in RACES}) >= 30
