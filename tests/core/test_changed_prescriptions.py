"""A prescription may be changed until something of it is handed over, whatever was billed or paid meanwhile."""

import pytest

from core import billing, clock, dispensing, prescriptions, visits
from core.billing import BillUpToDate, InvoiceState
from core.dispensing import PrescriptionTakenBack
from core.errors import Invalid
from core.models import AuditEvent, PaymentMethod, Prescription, Refund
from core.prescriptions import PrescriptionDispensed
from tests.factories import a_batch, a_medicine, a_visit, an_item, pay

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def amoxicillin(session):
    medicine = a_medicine(session)
    a_batch(session, medicine, 100)
    return medicine


@pytest.fixture
def issued(session, doctor, amoxicillin):
    """The prescription of a completed visit."""
    visit_id = a_visit(session, doctor).visit_id
    record = prescriptions.prescribe(session, doctor, visit_id, [an_item(session, amoxicillin)])
    visits.add_note(session, doctor, visit_id, "Cough")
    visits.complete(session, doctor, visit_id)
    return record


@pytest.fixture
def bill(session, receptionist, issued):
    return billing.invoice_visit(session, receptionist, issued.visit_id)


def amend(session, doctor, issued, amoxicillin, **details):
    items = [an_item(session, amoxicillin, **details)]
    return prescriptions.amend(session, doctor, issued.prescription_id, items, "Five days were too short")


def test_who_changed_it_when_and_why_is_kept_and_the_trail_does_not_tell_why(session, doctor, issued, amoxicillin):
    new = amend(session, doctor, issued, amoxicillin)

    old = session.get_one(Prescription, issued.prescription_id)
    assert (old.cancelled_by_id, old.cancel_reason) == (doctor.user_id, "Five days were too short")
    assert session.get_one(Prescription, new.prescription_id).replaces_id == old.id
    with pytest.raises(Invalid, match="The reason is missing"):
        prescriptions.cancel(session, doctor, new.prescription_id, " ")
    prescriptions.cancel(session, doctor, new.prescription_id, "Rash")
    told = "".join(str(event.changes) for event in session.query(AuditEvent))
    assert "too short" not in told
    assert "Rash" not in told


def test_an_unpaid_bill_of_a_changed_prescription_is_made_anew(
    session, doctor, receptionist, issued, bill, amoxicillin
):
    with pytest.raises(BillUpToDate):
        billing.bill_anew(session, receptionist, bill.invoice_id)
    new = amend(session, doctor, issued, amoxicillin, duration_days=7)

    [changed] = billing.list_changed(session, receptionist)
    assert (changed.card.number, changed.is_paid) == (bill.number, False)
    assert str(changed.taken_back) == f"Prescription {issued.number} was replaced by {new.number}"
    again = billing.bill_anew(session, receptionist, bill.invoice_id)

    assert [line.quantity for line in again.lines if line.medicine_id] == [21]
    former = billing.get(session, receptionist, bill.invoice_id)
    assert (former.state, former.cancel_reason) == (
        InvoiceState.CANCELLED,
        f"{changed.taken_back} after this bill was made",
    )
    assert billing.list_changed(session, receptionist) == []


def test_no_money_is_taken_for_a_bill_that_must_be_made_anew(session, doctor, receptionist, issued, bill, amoxicillin):
    new = amend(session, doctor, issued, amoxicillin, duration_days=7)

    with pytest.raises(billing.MadeAnewFirst, match=f"replaced by {new.number} after bill {bill.number} was made"):
        pay(session, bill)

    again = pay(session, billing.bill_anew(session, receptionist, bill.invoice_id))
    assert again.state is InvoiceState.PAID


def test_what_was_paid_and_then_changed_is_not_handed_over_and_stays_listed(
    session, doctor, receptionist, pharmacist, issued, bill, amoxicillin
):
    pay(session, bill)
    [waiting] = dispensing.list_waiting(session, pharmacist)
    assert waiting.medicines[0].in_words == issued.items[0].in_words
    assert waiting.taken_back is None

    prescriptions.cancel(session, doctor, issued.prescription_id, "Allergic after all")

    [waiting] = dispensing.list_waiting(session, pharmacist)
    assert str(waiting.taken_back) == f"Prescription {issued.number} was cancelled"
    with pytest.raises(PrescriptionTakenBack, match=f"{issued.number} was cancelled after bill {bill.number}"):
        dispensing.dispense(session, pharmacist, bill.invoice_id)
    [changed] = billing.list_changed(session, receptionist)
    assert changed.is_paid
    with pytest.raises(billing.PartlyPaid):
        billing.bill_anew(session, receptionist, bill.invoice_id)
    assert billing.get(session, receptionist, bill.invoice_id).state is InvoiceState.PAID


def test_what_was_taken_back_and_paid_back_is_settled_and_still_not_handed_over(
    session, admin, doctor, receptionist, pharmacist, issued, bill
):
    pay(session, bill)
    prescriptions.cancel(session, doctor, issued.prescription_id, "Allergic after all")
    [line] = [line for line in bill.lines if line.medicine_id]
    session.add(
        Refund(
            **{"invoice_line_id": line.line_id, "quantity": 1, "discount": line.discount, "tax": line.tax},
            **{"amount": line.amount, "method": PaymentMethod.CASH, "reason": "Not needed"},
            **{"refunded_on": clock.today(), "refunded_at": clock.now(), "refunded_by_id": admin.user_id},
        )
    )
    session.flush()

    assert billing.list_changed(session, receptionist) == []
    with pytest.raises(PrescriptionTakenBack):
        dispensing.dispense(session, pharmacist, bill.invoice_id)


def test_nothing_is_changed_once_something_was_handed_over(session, doctor, pharmacist, issued, bill, amoxicillin):
    pay(session, bill)
    dispensing.dispense(session, pharmacist, bill.invoice_id)

    with pytest.raises(PrescriptionDispensed, match=f"handed over .bill {bill.number}."):
        amend(session, doctor, issued, amoxicillin)
    with pytest.raises(PrescriptionDispensed):
        prescriptions.cancel(session, doctor, issued.prescription_id, "Too late")
