"""Two administrators bring in the same file at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest
from sqlalchemy import func, select, text

from core import db
from core.imports import patients as importing
from core.models import Patient
from tests import factories
from tests.imports.files import csv_of

FILE = csv_of("old_id,name,dob", "1,Asha Rao,1990-09-03", "2,Ravi Sen,1980-01-01")


def bring_in():
    with db.transaction() as session:
        return importing.save(session, factories.an_admin(session), FILE)


def wait_until_someone_waits(engine, seconds=5):
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        with engine.connect() as connection:
            if connection.scalar(waiting):
                return
        sleep(0.01)
    pytest.fail("the second import did not wait")


def test_the_second_waits_and_finds_everything_there(engine, committed):
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            first = importing.save(session, factories.an_admin(session), FILE)
            session.flush()
            second = pool.submit(bring_in)
            wait_until_someone_waits(engine)
        second = second.result(timeout=5)

    assert (first.added, second.added, second.already_there) == (2, 0, 2)
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Patient)) == 2
