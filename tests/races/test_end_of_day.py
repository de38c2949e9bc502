"""The end of day against those who are still at work: nobody is closed twice and nobody is called who was closed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time

import pytest

from core import clock, day_end, db, scheduling, token_queue
from core.permissions import Role
from core.scheduling import NotBooked
from core.token_queue import TokenState
from tests import factories
from tests.races.waiting import tried, wait_until_someone_waits


@pytest.fixture
def doctor(committed):
    token_queue.line.client().flushdb()
    with db.transaction() as session:
        return factories.a_user(session, Role.DOCTOR)


def an_admin():
    with db.transaction() as session:
        return factories.an_admin(session)


def a_token(doctor):
    with db.transaction() as session:
        return factories.a_token(session, "Asha", doctor).token_id


def test_who_is_closed_at_this_moment_is_not_called(engine, doctor):
    a_token(doctor)
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            day_end.end_day(session, factories.an_admin(session), clock.today())
            called = pool.submit(tried, token_queue.call_next, doctor, doctor.user_id)
            wait_until_someone_waits(engine)
        assert called.result(timeout=10) is None


def test_who_is_called_at_this_moment_is_closed_as_called_in_vain(engine, doctor):
    token_id, admin = a_token(doctor), an_admin()
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            token_queue.call_next(session, doctor, doctor.user_id)
            ending = pool.submit(tried, day_end.end_day, admin, clock.today())
            wait_until_someone_waits(engine)
        assert ending.result(timeout=10).no_shows == 1
    with db.transaction() as session:
        assert token_queue.get(session, admin, token_id).state is TokenState.NO_SHOW


def test_two_who_end_the_day_close_everyone_once(engine, doctor):
    a_token(doctor)
    admin = an_admin()
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            first = day_end.end_day(session, admin, clock.today())
            second = pool.submit(tried, day_end.end_day, admin, clock.today())
            wait_until_someone_waits(engine)
        assert (first.no_shows, second.result(timeout=10).no_shows) == (1, 0)


@pytest.fixture
def appointment(doctor, frozen_clock):
    frozen_clock(hour=8)
    with db.transaction() as session:
        booked = factories.an_appointment(session, doctor, day=clock.today(), starts=time(9))
    frozen_clock(hour=18)
    return booked.appointment_id


def test_who_checks_in_while_the_book_is_closed_hears_that_it_is(engine, appointment):
    admin = an_admin()
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            day_end.end_day(session, admin, clock.today())
            arriving = pool.submit(tried, token_queue.check_in, admin, appointment)
            wait_until_someone_waits(engine)
        assert isinstance(arriving.result(timeout=10), NotBooked)


def test_who_checked_in_just_before_has_not_missed_the_appointment(engine, appointment):
    admin = an_admin()
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            token_queue.check_in(session, admin, appointment)
            ending = pool.submit(tried, day_end.end_day, admin, clock.today())
            wait_until_someone_waits(engine)
        ended = ending.result(timeout=10)
    assert (ended.appointments, ended.no_shows) == (0, 1)
    with db.transaction() as session:
        (found,) = scheduling.list_appointments(session, admin, clock.today())
        assert (found.state, found.reason) == (scheduling.AppointmentState.CANCELLED, "Left unseen")
