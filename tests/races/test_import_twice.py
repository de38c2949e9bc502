"""Two administrators bring in the same file at the same moment."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from core import db
from core.imports import patients as importing
from core.models import Patient
from tests import factories
from tests.imports.files import csv_of
from tests.races.waiting import wait_until_someone_waits

FILE = csv_of("old_id,name,dob", "1,Asha Rao,1990-09-03", "2,Ravi Sen,1980-01-01")


def bring_in():
    with db.transaction() as session:
        return importing.save(session, factories.an_admin(session), FILE)


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
