"""What the database itself refuses, whatever a workflow forgot. Rows are written past the workflows on purpose."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core import db
from core.models import (
    Absence,
    Appointment,
    AppointmentState,
    Batch,
    Clinic,
    Invoice,
    InvoiceLine,
    InvoiceState,
    LineKind,
    Medicine,
    MedicineForm,
    MovementReason,
    Payment,
    PaymentMethod,
    Slot,
    StockMovement,
    Token,
    TokenState,
    Visit,
)
from core.permissions import Role
from tests.core.refused_rows import refused
from tests.factories import a_patient, a_token, a_user

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
TODAY = date(2025, 3, 1)


@pytest.fixture
def patient_id(session):
    return a_patient(session).patient_id


@pytest.fixture
def batch(session, admin):
    medicine = Medicine(name="Amoxicillin", form=MedicineForm.CAPSULE, unit="capsule", price=Decimal(5))
    session.add(medicine)
    session.flush()
    batch = Batch(
        medicine_id=medicine.id, number="B1", received_on=TODAY, expires_on=TODAY, unit_cost=Decimal(1), on_hand=5
    )
    session.add(batch)
    session.flush()
    return batch


def slot(doctor, starts, minutes=20):
    return Slot(doctor_id=doctor.user_id, starts_at=starts, ends_at=starts + timedelta(minutes=minutes))


def token(patient_id, number, state=TokenState.WAITING, doctor_id=None):
    return Token(
        issued_on=TODAY,
        number=number,
        patient_id=patient_id,
        doctor_id=doctor_id,
        state=state,
        place=NOON,
        issued_at=NOON,
    )


@pytest.fixture
def invoice(admin):
    """A function that makes an invoice of one line, not yet in the database."""

    def make(patient_id, sequence=1, total="10.00", **changes):
        values = {
            "number": f"2024-25/{sequence:06}",
            "financial_year": 2024,
            "sequence": sequence,
            "patient_id": patient_id,
            "issued_on": TODAY,
            "issued_at": NOON,
            "issued_by_id": admin.user_id,
            "subtotal": Decimal(total),
            "discount": Decimal(0),
            "tax": Decimal(0),
            "total": Decimal(total),
            "paid": Decimal(0),
            "lines": [line(total)],
        }
        return Invoice(**(values | changes))

    return make


def line(amount="10.00", **changes):
    values = {
        "kind": LineKind.OTHER,
        "description": "Dressing",
        "quantity": 1,
        "unit_price": Decimal(amount),
        "discount": Decimal(0),
        "tax_percent": Decimal(0),
        "tax": Decimal(0),
        "amount": Decimal(amount),
    }
    return InvoiceLine(**(values | changes))


def test_there_is_one_clinic(session):
    second = Clinic(
        id=2, name="Other", time_zone="UTC", currency="EUR", country="ZZ", financial_year_month=1, created_at=NOON
    )

    refused(session, second, by="ck_clinics_only_one")


def test_a_token_number_is_given_once_a_day(session, patient_id):
    other = a_patient(session).patient_id

    refused(session, token(patient_id, 1), token(other, 1), by="uq_tokens_number")


def test_a_patient_waits_once_a_day(session, patient_id):
    refused(session, token(patient_id, 1), token(patient_id, 2), by="uq_tokens_patient_once")


def test_a_doctor_serves_one_token_at_a_time(session, patient_id, doctor):
    other = a_patient(session).patient_id
    first, second = (token(p, n, TokenState.CALLED, doctor.user_id) for p, n in ((patient_id, 1), (other, 2)))

    refused(session, first, second, by="uq_tokens_one_called_per_doctor")


def test_slots_of_one_doctor_do_not_overlap(session, doctor):
    refused(session, slot(doctor, NOON), slot(doctor, NOON + timedelta(minutes=19)), by="ex_slots_no_overlap")


def test_a_slot_that_leave_has_closed_is_closed(session, doctor):
    absence = Absence(doctor_id=doctor.user_id, first_on=TODAY, last_on=TODAY)
    session.add(absence)
    session.flush()
    free = slot(doctor, NOON)
    free.absence_id = absence.id

    refused(session, free, by="ck_slots_away_is_closed")


def test_slots_may_touch_and_those_of_two_doctors_may_overlap(session, doctor):
    other = a_user(session, Role.DOCTOR)
    session.add_all([slot(doctor, NOON), slot(doctor, NOON + timedelta(minutes=20)), slot(other, NOON)])
    session.flush()


def test_a_slot_has_one_active_appointment(session, patient_id, doctor):
    free = slot(doctor, NOON)
    session.add(free)
    session.flush()
    booked = [
        Appointment(slot_id=free.id, patient_id=patient_id, booked_by_id=doctor.user_id, booked_at=NOON)
        for _ in range(2)
    ]

    refused(session, *booked, by="uq_appointments_active_slot")


def test_a_cancelled_appointment_gives_its_slot_back(session, patient_id, doctor):
    free = slot(doctor, NOON)
    session.add(free)
    session.flush()
    cancelled = {"state": AppointmentState.CANCELLED, "reason": "ill"}
    for state in (cancelled, {}):
        session.add(
            Appointment(slot_id=free.id, patient_id=patient_id, booked_by_id=doctor.user_id, booked_at=NOON, **state)
        )
    session.flush()


def test_one_token_has_one_visit(session, doctor):
    card = a_token(session, "Asha", doctor)
    visits = [
        Visit(patient_id=card.patient_id, doctor_id=doctor.user_id, token_id=card.token_id, started_at=NOON)
        for _ in range(2)
    ]

    refused(session, *visits, by="uq_visits_token_id")


def test_stock_is_never_below_zero(session, batch):
    with pytest.raises(IntegrityError, match="ck_batches_on_hand_not_negative"), session.begin_nested():
        batch.on_hand = -1
        session.flush()


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        (MovementReason.RECEIVED, -1),
        (MovementReason.DISPENSED, 1),
        (MovementReason.EXPIRED, 1),
        (MovementReason.ADJUSTED, 1),
    ],
)
def test_a_movement_has_the_sign_of_its_reason_and_an_adjustment_a_note(session, admin, batch, reason, change):
    movement = StockMovement(
        batch_id=batch.id,
        change=change,
        on_hand_after=5,
        reason=reason,
        moved_at=NOON,
        moved_by_id=admin.user_id,
        note=" ",
    )

    refused(session, movement, by="sign_fits_reason|says_why")


def test_an_invoice_is_the_sum_of_its_lines(session, patient_id, invoice):
    refused(session, invoice(patient_id, lines=[line("9.99")]), by="is not the sum of its lines")
    refused(session, invoice(patient_id, tax=Decimal(1)), by="ck_invoices_total_adds_up")


def test_a_line_adds_up(session, patient_id, invoice):
    wrong = line(discount=Decimal(1), discount_reason="staff")

    refused(session, invoice(patient_id, lines=[wrong]), by="ck_invoice_lines_amount_adds_up")
    refused(session, invoice(patient_id, lines=[line(tax_percent=Decimal(5))]), by="ck_invoice_lines_tax_computed")


def test_an_invoice_is_paid_as_its_payments_say(session, patient_id, invoice):
    refused(session, invoice(patient_id, paid=Decimal(3)), by="is not paid as its payments say")


def test_an_invoice_is_never_paid_beyond_its_total(session, patient_id, invoice):
    refused(session, invoice(patient_id, paid=Decimal(11)), by="ck_invoices_paid_within_total")


def test_an_invoice_is_paid_when_all_is_paid_and_only_then(session, patient_id, invoice):
    refused(session, invoice(patient_id, state=InvoiceState.PAID), by="ck_invoices_paid_when_paid")


def test_an_invoice_number_is_given_once_a_year(session, patient_id, invoice):
    refused(session, invoice(patient_id), invoice(patient_id, number="other"), by="uq_invoices_financial_year_sequence")


def test_a_visit_has_one_invoice_that_stands(session, doctor, invoice):
    card = a_token(session, "Asha", doctor)
    visit = Visit(patient_id=card.patient_id, doctor_id=doctor.user_id, token_id=card.token_id, started_at=NOON)
    session.add(visit)
    session.flush()
    both = [invoice(card.patient_id, n, visit_id=visit.id) for n in (1, 2)]

    refused(session, *both, by="uq_invoices_one_per_visit")


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
@pytest.mark.parametrize("ledger", ["audit_events", "stock_movements", "payments"])
def test_what_is_in_a_ledger_stays_as_it_was_written(session, admin, patient_id, batch, invoice, ledger, statement):
    bill = invoice(patient_id, paid=Decimal(4))
    session.add(bill)
    session.flush()
    session.add(
        Payment(
            invoice_id=bill.id, amount=Decimal(4), method=PaymentMethod.CASH,
            received_on=TODAY, received_at=NOON, received_by_id=admin.user_id,
        )
    )  # fmt: skip
    session.add(
        StockMovement(
            batch_id=batch.id,
            change=5,
            on_hand_after=5,
            reason=MovementReason.RECEIVED,
            moved_at=NOON,
            moved_by_id=admin.user_id,
        )
    )
    session.flush()

    with pytest.raises(DBAPIError, match=f"{ledger} is append-only"), session.begin_nested():
        session.execute(text(statement.format(ledger)))


def test_the_relay_may_mark_what_it_carried_over(session):
    a_patient(session)

    session.execute(text("UPDATE audit_events SET relayed_at = now(), chain_position = id, chain_hash = ''"))


def test_a_reading_session_cannot_write(committed):
    with pytest.raises(DBAPIError, match="read-only transaction"), db.reading() as session:
        session.execute(text("UPDATE clinics SET name = 'x'"))
