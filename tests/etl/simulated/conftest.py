"""Six weeks of a made-up clinic, really committed, made once for all tests of this folder: they only look at it."""

import pytest
from sqlalchemy import select

from core import db
from core.analytics import store
from core.models import Clinic
from etl import simulate
from tests.emptying import empty
from tests.etl.simulated.clinic import DAYS, PATIENTS


@pytest.fixture(scope="package")
def emptied(engine):
    yield
    store.start_afresh()
    with engine.begin() as connection:
        empty(connection)


@pytest.fixture
def clinic(emptied, engine, frozen_clock):
    with db.transaction() as session:
        there = session.scalar(select(Clinic.id))
    if there is None:
        simulate.run(DAYS, PATIENTS, seed=4)
    with db.transaction() as session:
        yield session
        session.rollback()
