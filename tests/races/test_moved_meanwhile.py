"""Whoever waits for a record that moves meanwhile: to another patient by a merge, or to another day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time

import pytest
from sqlalchemy import select

from core import db, patients, scheduling, token_queue
from core.errors import ClinicError
from core.models import Appointment, Token
from core.patients import AlreadyArchived
from core.permissions import Role
from tests.factories import a_patient, a_slot, a_user
from tests.races.waiting import wait_until_someone_waits

TODAY = date(2025, 3, 1)


@pytest.fixture
def clinic(committed):
    """A receptionist, two records of Asha, and a free slot today."""
    with db.transaction() as session:
        ravi = a_user(session, Role.RECEPTION, "Ravi")
        slot_id = a_slot(session, a_user(session, Role.DOCTOR), TODAY, time(11))
        asha, double = (a_patient(session, name).patient_id for name in ("Asha Rao", "Aasha Rao"))
    return ravi, asha, double, slot_id


def outcome(verb, *args):
    """The kind of refusal, None if it was done."""
    try:
        with db.transaction() as session:
            verb(session, *args)
    except ClinicError as refusal:
        return type(refusal)
    return None


def together(engine, first, second):
    """What became of the second, each a verb with its arguments."""
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            verb, *args = first
            verb(session, *args)
            waiting = pool.submit(outcome, *second)
            wait_until_someone_waits(engine)
        return waiting.result(timeout=5)


def of(model):
    with db.transaction() as session:
        return session.scalars(select(model.patient_id)).all()


def test_whoever_is_checked_in_while_merged_gets_the_token_in_the_record_that_stays(engine, clinic):
    ravi, asha, double, slot_id = clinic
    with db.transaction() as session:
        booked = scheduling.book(session, ravi, slot_id, double).appointment_id

    check_in = (token_queue.check_in, ravi, booked)
    assert together(engine, (patients.merge, ravi, asha, double), check_in) is None
    assert of(Token) == of(Appointment) == [asha]


def test_no_token_is_given_to_a_record_that_is_being_merged_away(engine, clinic):
    ravi, asha, double, _ = clinic

    second = (token_queue.walk_in, ravi, double)
    assert together(engine, (patients.merge, ravi, asha, double), second) is AlreadyArchived
    assert of(Token) == []


def test_a_refusal_names_the_patient_whose_record_was_just_merged(engine, clinic):
    ravi, asha, double, _ = clinic
    with db.transaction() as session:
        doctor = a_user(session, Role.DOCTOR)
        slot_id = a_slot(session, doctor, date(2025, 3, 3))
        booked = scheduling.book(session, ravi, slot_id, double).appointment_id

    check_in = (token_queue.check_in, ravi, booked)
    assert together(engine, (patients.merge, ravi, asha, double), check_in) is scheduling.NotToday


def test_whoever_is_checked_in_while_moved_to_another_day_is_told_so(engine, clinic):
    ravi, asha, _, slot_id = clinic
    with db.transaction() as session:
        later = a_slot(session, a_user(session, Role.DOCTOR), date(2025, 3, 3))
        booked = scheduling.book(session, ravi, slot_id, asha).appointment_id

    check_in = (token_queue.check_in, ravi, booked)
    assert together(engine, (scheduling.reschedule, ravi, booked, later), check_in) is scheduling.NotToday
