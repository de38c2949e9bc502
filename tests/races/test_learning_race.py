"""Two processes in the same night: the first has not committed, the second must wait and writes nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from core import clock, db, token_queue
from core.models import WaitModel
from core.permissions import Role
from tests.factories import a_token, a_user
from tests.races.waiting import wait_until_someone_waits

pytestmark = pytest.mark.usefixtures("committed", "without_redis")


def learn_tonight():
    with db.transaction() as session:
        return token_queue.learn_if_due(session)


def test_a_night_is_learned_by_one_of_two_processes(engine, frozen_clock):
    with db.transaction() as session:
        doctor = a_user(session, Role.DOCTOR, "Dr Sen")
        a_token(session, "Asha", doctor)
        token_queue.call_next(session, doctor, doctor.user_id)
    frozen_clock(day=2)

    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            first = token_queue.learn_if_due(session)
            second = pool.submit(learn_tonight)
            wait_until_someone_waits(engine)
        outcomes = (first, second.result(10))

    assert outcomes == (True, False)
    with db.reading() as session:
        assert session.scalars(select(WaitModel.learned_on)).all() == [clock.today() - timedelta(days=1)]
