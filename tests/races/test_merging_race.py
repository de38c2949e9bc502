"""Two records become one while somebody else is at work on them: nothing is merged twice, nothing is left behind."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time
from decimal import Decimal

import pytest

from core import billing, clock, db, documents, patients, prescriptions, scheduling, token_queue, visits
from core.patients import CannotUndo
from core.permissions import Role
from tests import factories
from tests.races.waiting import tried, wait_until_someone_waits


@pytest.fixture
def ravi(committed):
    token_queue.line.client().flushdb()
    with db.transaction() as session:
        return factories.a_user(session, Role.RECEPTION, "Ravi")


@pytest.fixture
def pair(ravi):
    with db.transaction() as session:
        return tuple(factories.a_patient(session, name).patient_id for name in ("Asha Rao", "Aasha Rao"))


def while_open(engine, first, second):
    """Both answers, when the second comes while the first is not committed yet. Each is (verb, actor, …)."""
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            verb, *arguments = first
            done = verb(session, *arguments)
            coming = pool.submit(tried, *second)
            wait_until_someone_waits(engine)
        return done, coming.result(timeout=10)


def a_free_slot():
    with db.transaction() as session:
        doctor = factories.a_user(session, Role.DOCTOR)
        return factories.a_slot(session, doctor, day=clock.today(), starts=time(15))


def test_an_appointment_made_just_before_moves_with_the_record(engine, ravi, pair):
    slot_id = a_free_slot()

    booked, _ = while_open(engine, (scheduling.book, ravi, slot_id, pair[1]), (patients.merge, ravi, *pair))

    with db.transaction() as session:
        (found,) = scheduling.list_of_patient(session, ravi, pair[0])
    assert found.appointment_id == booked.appointment_id


def test_a_paper_made_while_its_patient_is_merged_belongs_to_the_record_that_stays(engine, ravi, pair):
    stays, goes = pair
    with db.transaction() as session:
        doctor = factories.a_user(session, Role.DOCTOR)
        visit = factories.a_visit(session, doctor, patients.get(session, ravi, goes))
        visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
        ordered = prescriptions.prescribe(session, doctor, visit.visit_id, [factories.an_item(session)])
        visits.complete(session, doctor, visit.visit_id)

    _, paper = while_open(
        engine,
        (patients.merge, ravi, stays, goes),
        (documents.prescription_paper, doctor, ordered.prescription_id),
    )

    assert paper.patient_id == stays


def test_a_merge_is_not_undone_while_its_appointment_is_checked_in(engine, ravi, pair):
    slot_id = a_free_slot()
    with db.transaction() as session:
        booked = scheduling.book(session, ravi, slot_id, pair[1])
        merged = patients.merge(session, ravi, *pair)

    _, refused = while_open(
        engine,
        (token_queue.check_in, ravi, booked.appointment_id),
        (patients.undo_merge, ravi, merged.merge_id),
    )

    assert isinstance(refused, CannotUndo)
    assert "is in today's queue" in str(refused)


def test_a_bill_by_hand_made_just_before_moves_with_the_record(engine, ravi, pair):
    lines = [billing.LineDetails("Certificate", unit_price=Decimal(50))]

    made, _ = while_open(engine, (billing.invoice_by_hand, ravi, pair[1], lines), (patients.merge, ravi, *pair))

    with db.transaction() as session:
        assert billing.get(session, ravi, made.invoice_id).patient_id == pair[0]
