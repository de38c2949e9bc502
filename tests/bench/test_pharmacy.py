"""Floors that do less than the work would make a ratio a lie: both write the same rows and read the same answers."""

from random import Random

import psycopg
import pytest
from sqlalchemy import func, select

from core import billing, db, dispensing, prescriptions, token_queue, visits
from core.bench import journey, pharmacy, shelves
from core.bench.clinic import Clinic, conninfo
from core.bench.size import Size
from core.models import Base, Dispensing, DispensingItem, Invoice, InvoiceState, PaymentMethod, StockMovement
from core.permissions import Role
from tests import factories
from tests.factories import a_batch, a_medicine, a_token, an_item
from tests.statements import count_statements


@pytest.fixture
def clinic(committed):
    """Twelve medicines in sixty batches, and two bills that wait for medicines."""
    rng = Random(1)
    with db.transaction() as session:
        roles = (Role.RECEPTION, Role.DOCTOR, Role.PHARMACIST, Role.MANAGER)
        desk, doctor, pharmacist, manager = (factories.a_user(session, role) for role in roles)
        people = [
            factories.a_patient(session, f"Asha {name}").patient_id for name in ("Rao", "Sen", "Das", "Roy", "Nair")
        ]
        shelves.fill(session, rng, 12, 60)
        medicines = shelves.made_up(session)
        bills = [(people.pop(), [(medicine, 5_000) for medicine in rng.sample(medicines, 3)]) for _ in range(2)]
        shelves.wait(session, desk, doctor, bills)
    with psycopg.connect(conninfo(), autocommit=True) as bare:
        yield Clinic(Size(), desk, doctor, pharmacist, manager, bare, rng, people)


def counted():
    """How many rows each table has."""
    with db.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table))
            for name, table in Base.metadata.tables.items()
        }


def grown(job):
    """By how many rows each table grew."""
    before = counted()
    job()
    return {name: rows - before[name] for name, rows in counted().items() if rows != before[name]}


def test_the_floor_of_handing_over_writes_the_rows_of_handing_over(clinic):
    with db.reading() as session:
        first = session.scalar(select(func.max(StockMovement.id)))

    assert grown(pharmacy._dispense(clinic)) == grown(pharmacy._bare_dispense(clinic)) != {}

    with db.reading() as session:
        sums = select(func.sum(StockMovement.change)).where(StockMovement.id > first).scalar_subquery()
        given, items, moved = session.execute(
            select(func.count(Dispensing.id), select(func.sum(DispensingItem.quantity)).scalar_subquery(), sums)
        ).one()
        assert (given, items) == (2, -moved)


def test_the_floor_of_the_journey_writes_the_rows_of_the_journey(clinic):
    journey._journey(clinic)()  # the first of the day and of the year also begins their counters

    walked, bare = grown(journey._journey(clinic)), grown(journey._bare_journey(clinic))

    assert walked == bare
    assert (bare["idempotency_keys"], bare["audit_events"], bare["invoice_lines"]) == (7, 11, 4)
    with db.reading() as session:
        paid = select(Invoice.id).order_by(Invoice.id.desc()).limit(2)
        assert {session.get_one(Invoice, bill).state for bill in session.scalars(paid)} == {InvoiceState.PAID}
        assert len(dispensing.list_waiting(session, clinic.pharmacist)) == 2  # those of the beginning


def test_the_floor_of_stock_on_hand_reads_what_the_screen_shows(clinic):
    pharmacy._dispense(clinic)()

    shown = [
        (
            *(level.medicine_id, level.name, level.form, level.unit, level.reorder_level, level.on_hand, level.expired),
            *(level.blocked, level.value, level.pace.used),
        )
        for level in pharmacy._on_hand(clinic)()
    ]

    assert shown == [tuple(row[:10]) for row in pharmacy._bare_on_hand(clinic)()]
    assert len(shown) == 12
    assert any(row[-1] for row in shown)


def test_the_floor_of_the_shortage_check_reads_who_waits_for_what(clinic):
    waiting = pharmacy._owed(clinic)()

    shown = [
        (line.line_id, line.medicine_id, line.quantity, line.on_hand, bill.invoice_id, bill.number)
        for bill in waiting
        for line in bill.medicines
    ]

    rows = pharmacy._bare_owed(clinic)()
    assert shown == [(row[0], row[1], row[4], row[6], row[14], row[15]) for row in rows]
    assert len(shown) == 6
    assert any(line.is_short for bill in waiting for line in bill.medicines)


def test_the_steps_ask_as_little_of_the_database_as_ever(session, receptionist, doctor, pharmacist):
    """The row of the trail is one of them; the key of the form comes on top."""
    medicines = [a_medicine(session, name) for name in ("Crocin", "Dolo", "Azee")]
    for medicine in medicines:
        a_batch(session, medicine, 10)
        a_batch(session, medicine, 10, received="2025-01-11")
    token = a_token(session, doctor=doctor)
    token_queue.call_next(session, doctor, doctor.user_id)
    done = {}

    def step(actor, verb, *args):
        def work():
            done[verb] = verb(session, actor, *args)
            session.flush()

        session.expunge_all()
        session.info.clear()
        return count_statements(session, work)

    assert step(doctor, visits.start, token.token_id) == 5
    visit_id = done[visits.start].visit_id
    items = [an_item(session, medicine, override_reason="Known") for medicine in medicines]
    assert step(doctor, prescriptions.prescribe, visit_id, items) == 9
    visits.add_diagnosis(session, doctor, visit_id, "J06.9")
    visits.complete(session, doctor, visit_id)
    assert step(receptionist, billing.invoice_visit, visit_id) == 10
    bill = done[billing.invoice_visit]
    assert step(receptionist, billing.pay, bill.invoice_id, bill.due, PaymentMethod.CASH) == 9
    assert step(pharmacist, dispensing.dispense, bill.invoice_id) == 9
    assert len(done[dispensing.dispense].items) == 6
