"""A prescription may be changed until something of it is handed over, whatever was billed or paid meanwhile."""

from decimal import Decimal

import pytest

from core import billing, dispensing, prescriptions, visits
from core.billing import BillUpToDate, InvoiceState
from core.dispensing import PrescriptionTakenBack
from core.errors import Invalid
from core.models import AuditEvent, PaymentMethod, Prescription
from core.prescriptions import PrescriptionDispensed
from tests.core.changed_prescriptions.changes import amend
from tests.factories import a_medicine, a_visit, an_item, pay
from tests.statements import sums_hold

pytestmark = pytest.mark.usefixtures("without_redis")


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


def test_what_was_paid_and_then_cancelled_is_paid_back_and_no_more_waited_for(
    session, doctor, receptionist, pharmacist, issued, bill
):
    pay(session, bill)
    prescriptions.cancel(session, doctor, issued.prescription_id, "Allergic after all")

    settled = billing.settle_change(session, receptionist, bill.invoice_id, PaymentMethod.CASH)

    assert (settled.credit_note.amount, settled.bill) == (Decimal("67.50"), None)
    assert settled.credit_note.reason == f"Prescription {issued.number} was cancelled"
    assert billing.list_changed(session, receptionist) == []
    assert dispensing.list_waiting(session, pharmacist) == []
    sums_hold(session)


def test_nothing_is_changed_once_something_was_handed_over(session, doctor, pharmacist, issued, bill, amoxicillin):
    pay(session, bill)
    dispensing.dispense(session, pharmacist, bill.invoice_id)

    with pytest.raises(PrescriptionDispensed, match=f"handed over .bill {bill.number}."):
        amend(session, doctor, issued, amoxicillin)
    with pytest.raises(PrescriptionDispensed):
        prescriptions.cancel(session, doctor, issued.prescription_id, "Too late")


def test_a_bill_paid_in_part_is_changed_in_place_when_its_prescription_was(
    session, doctor, receptionist, issued, bill, amoxicillin
):
    billing.pay(session, receptionist, bill.invoice_id, Decimal("500"), PaymentMethod.CASH)
    amend(session, doctor, issued, amoxicillin, duration_days=7)

    settled = billing.settle_change(session, receptionist, bill.invoice_id, PaymentMethod.CASH)

    assert (settled.credit_note, settled.bill.number, settled.bill.due) == (None, bill.number, Decimal("94.50"))
    assert [line.quantity for line in settled.bill.lines] == [1, 21]
    sums_hold(session)


def test_what_else_is_on_a_bill_stays_on_it_when_it_is_made_anew(
    session, doctor, receptionist, issued, bill, amoxicillin
):
    lines = [billing.LineDetails(line_id=line.line_id, quantity=line.quantity) for line in bill.lines]
    lines.append(billing.LineDetails("Certificate", unit_price=Decimal("50")))
    billing.correct(session, receptionist, bill.invoice_id, lines, seen=bill)
    amend(session, doctor, issued, amoxicillin, duration_days=7)

    again = billing.bill_anew(session, receptionist, bill.invoice_id)

    assert [(line.description, line.quantity) for line in again.lines] == [
        ("Consultation, Dr Sen", 1),
        ("Certificate", 1),
        ("Amoxicillin 500 mg", 21),
    ]


def test_what_the_cash_desk_took_off_a_bill_does_not_come_back(session, receptionist, issued, bill, frozen_clock):
    frozen_clock(2025, 3, 1, hour=11)
    consultation = [billing.LineDetails(line_id=bill.lines[0].line_id)]
    billing.correct(session, receptionist, bill.invoice_id, consultation, seen=bill)

    assert billing.list_unbilled(session, receptionist) == []
    with pytest.raises(billing.AlreadyInvoiced):
        billing.invoice_visit(session, receptionist, issued.visit_id)


def test_a_bill_paid_in_part_that_would_owe_more_back_than_was_paid_takes_the_rest_first(
    session, doctor, receptionist, amoxicillin
):
    visit_id = a_visit(session, doctor).visit_id
    dear = a_medicine(session, "Meropenem", price="90.00")
    issued = prescriptions.prescribe(session, doctor, visit_id, [an_item(session, dear)])
    visits.add_note(session, doctor, visit_id, "Fever")
    visits.complete(session, doctor, visit_id)
    bill = billing.invoice_visit(session, receptionist, visit_id)
    billing.pay(session, receptionist, bill.invoice_id, Decimal("600"), PaymentMethod.CASH)
    prescriptions.cancel(session, doctor, issued.prescription_id, "Not needed")

    with pytest.raises(billing.RestDueFirst, match=r"Take the 1,250\.00 first: then all of it is given back"):
        billing.settle_change(session, receptionist, bill.invoice_id, PaymentMethod.CASH)
    pay(session, billing.get(session, receptionist, bill.invoice_id))
    settled = billing.settle_change(session, receptionist, bill.invoice_id, PaymentMethod.CASH)
    assert (settled.credit_note.amount, settled.bill) == (Decimal("1350.00"), None)
