"""Real stores for every test (see the conftest at the root).

A test runs inside a transaction that is rolled back; races and faults commit for real (`committed`).
"""

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import event

from core import clock, db, migrations, passwords
from core.analytics import store
from core.config import settings
from core.permissions import Role
from core.token_queue import line
from etl import feed
from tests import factories, prepared, quick_passwords
from tests.emptying import empty, empty_mongo

KOLKATA = ZoneInfo("Asia/Kolkata")


@pytest.fixture(scope="session", autouse=True)
def weak_passwords():
    assert passwords._too_weak(factories.PASSWORD, []) is None
    quick_passwords.keep()


@pytest.fixture(scope="session")
def engine():
    """The database of this test run, which a process that was here before (a notebook, say) may have begun."""
    if not (settings().data_dir / "postgres").exists():
        prepared.lay_schema(settings().data_dir)
    for one in (db.engine(), db.lookers(db.engine())):
        event.listen(one, "connect", _keep_statements_planned)
    migrations.upgrade(db.engine())
    return db.engine()


def _keep_statements_planned(connection, _entry):
    """Thousands of tests send more than the hundred that a connection keeps."""
    connection.prepared_max = 2000


@pytest.fixture
def empty_queue():
    """Whom the test had waiting in Redis, also in a transaction that was rolled back, the next test's doctor does not
    call."""
    yield
    with suppress(RedisError):
        line.client().flushdb()


@pytest.fixture
def bare_session(engine, empty_queue):
    """A session on an empty database, and the only one: `db.transaction()` joins the same rolled-back transaction."""
    with engine.connect() as connection:
        outer = connection.begin()
        factory = db.session_factory()
        factory.configure(bind=connection, join_transaction_mode="create_savepoint")
        with factory() as session:
            yield session
        factory.configure(bind=engine, join_transaction_mode="conditional_savepoint")
        outer.rollback()


@pytest.fixture
def session(bare_session):
    """A session of a clinic that is set up: in Kolkata, with rupees and one administrator."""
    factories.set_up(bare_session)
    return bare_session


@pytest.fixture
def committed(engine, empty_queue):
    """A set-up clinic whose changes are really committed; the database is left as empty as it was found."""
    with db.transaction() as session:
        factories.set_up(session)
    yield
    with engine.begin() as connection:
        empty(connection)


@pytest.fixture
def committed_mongo(committed):
    """MongoDB beside it as a new clinic finds it: empty, whole, and with everything still to come."""
    empty_mongo()
    with db.transaction() as session:
        feed.write(session, None, whole=True)
    yield store.database()
    empty_mongo()


@pytest.fixture(autouse=True)
def frozen_clock(monkeypatch):
    """It is 10 in the morning of Saturday 1 March 2025 in the clinic. Call the fixture to move the clock."""
    monkeypatch.setattr(clock, "_zone", KOLKATA)

    def freeze(year=2025, month=3, day=1, hour=10, minute=0):
        moment = datetime(year, month, day, hour, minute, tzinfo=KOLKATA).astimezone(UTC)
        monkeypatch.setattr(clock, "now", lambda: moment)

    freeze()
    return freeze


@pytest.fixture
def admin(session):
    return factories.an_admin(session)


@pytest.fixture
def receptionist(session):
    return factories.a_user(session, Role.RECEPTION, "Ravi")


@pytest.fixture
def pharmacist(session):
    return factories.a_user(session, Role.PHARMACIST, "Meera")


@pytest.fixture
def doctor(session):
    return factories.a_user(session, Role.DOCTOR, "Dr Sen")


@pytest.fixture
def without_redis(monkeypatch):
    """Redis is away: a real client of an address where nobody listens."""
    nobody = Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.2)
    monkeypatch.setattr(line, "client", lambda: nobody)
