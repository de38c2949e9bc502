"""Two people at once at the queue: every number is given once, every token called once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core import db, token_queue, visits
from core.errors import ClinicError
from core.patients import CannotMerge
from core.patients import merge as merge_records
from core.permissions import Role
from core.token_queue import StillServing, line
from tests import factories
from tests.races.waiting import wait_until_someone_waits


@pytest.fixture
def doctors(committed):
    line.client().flushdb()
    with db.transaction() as session:
        return [factories.a_user(session, Role.DOCTOR), factories.a_user(session, Role.DOCTOR)]


def give(patient_id):
    with db.transaction() as session:
        return token_queue.walk_in(session, factories.an_admin(session), patient_id).number


def call(doctor, by=None):
    """The number that was called, or the refusal."""
    try:
        with db.transaction() as session:
            card = token_queue.call_next(session, by or doctor, doctor.user_id)
    except ClinicError as refusal:
        return refusal
    return card and card.number


def patients(*names):
    with db.transaction() as session:
        return [factories.a_patient(session, name).patient_id for name in names]


def test_a_number_that_was_not_committed_is_given_to_the_next(engine, doctors):
    asha, vikram = patients("Asha", "Vikram")
    with ThreadPoolExecutor() as pool:
        with pytest.raises(ZeroDivisionError), db.transaction() as session:
            token_queue.walk_in(session, factories.an_admin(session), asha)
            second = pool.submit(give, vikram)
            wait_until_someone_waits(engine)
            raise ZeroDivisionError
        assert second.result(timeout=5) == 1


def test_one_patient_at_two_desks_gets_one_token(engine, doctors):
    (asha,) = patients("Asha")

    def again():
        try:
            return give(asha)
        except ClinicError as refusal:
            return str(refusal)

    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            token_queue.walk_in(session, factories.an_admin(session), asha)
            second = pool.submit(again)
            wait_until_someone_waits(engine)
        assert second.result(timeout=5) == "Asha is already in today's queue with token 1."


def test_a_doctor_and_the_desk_call_at_once_and_one_patient_comes(engine, doctors):
    for patient_id in patients("Asha", "Vikram"):
        give(patient_id)
    doctor, _ = doctors
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            token_queue.call_next(session, doctor, doctor.user_id)
            second = pool.submit(call, doctor)
            wait_until_someone_waits(engine)
        assert isinstance(second.result(timeout=5), StillServing)


@pytest.mark.parametrize("redis", ["there", "away"])
def test_two_doctors_never_call_the_same_patient(doctors, redis, request):
    if redis == "away":
        request.getfixturevalue("without_redis")
    for patient_id in patients("Asha", "Vikram"):
        give(patient_id)
    one, other = doctors
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            first = token_queue.call_next(session, one, one.user_id)
            second = pool.submit(call, other).result(timeout=10)  # does not wait: the first row is skipped
        assert {first.number, second} == {1, 2}


def test_a_visit_that_ends_is_not_in_the_way_of_a_merge_nor_a_merge_of_it(engine, doctors):
    """Both lock the visit before its token."""
    doctor, _ = doctors
    with db.transaction() as session:
        admin, patient, other = factories.an_admin(session), *(factories.a_patient(session, "Asha") for _ in range(2))
        visit = factories.a_visit(session, doctor, patient)
        visits.add_note(session, doctor, visit.visit_id, "Seen.")

    def merge():
        with db.transaction() as session, pytest.raises(CannotMerge):
            merge_records(session, admin, other.patient_id, patient.patient_id)

    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            visits.locked_open(session, doctor, visit.visit_id)
            merging = pool.submit(merge)
            wait_until_someone_waits(engine)
            token_queue.finish(session, doctor, visit.token_id)
        merging.result(timeout=5)
