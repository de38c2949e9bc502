"""What is prescribed, called off or handed over beside a bill that stands goes on a supplement, once."""

from decimal import Decimal
from functools import partial

import pytest

from core import billing, clinic, dispensing, inventory, prescriptions, visits
from core.billing import BillUpToDate, RestDueFirst
from core.models import PaymentMethod
from tests.core.changed_prescriptions.changes import amend
from tests.factories import a_batch, a_completed_visit, a_medicine, an_item, pay
from tests.statements import sums_hold

pytestmark = pytest.mark.usefixtures("without_redis")


def test_what_was_paid_and_then_changed_is_credited_and_billed_on_a_supplement_that_the_counter_serves(
    session, doctor, receptionist, pharmacist, issued, bill, amoxicillin
):
    pay(session, bill)
    amend(session, doctor, issued, amoxicillin, duration_days=7)

    settled = billing.settle_change(session, receptionist, bill.invoice_id, PaymentMethod.ADVANCE)

    supplement = settled.bill
    assert (settled.credit_note.amount, supplement.total, supplement.due) == (
        Decimal("67.50"),
        Decimal("94.50"),
        Decimal("27.00"),
    )
    assert (supplement.supplements_id, supplement.visit_id) == (bill.invoice_id, issued.visit_id)
    assert billing.advance_of(session, receptionist, bill.patient_id) == 0
    assert billing.list_changed(session, receptionist) == billing.list_unbilled(session, receptionist) == []
    with pytest.raises(billing.AlreadyInvoiced, match=f"already has bill {bill.number}"):
        billing.invoice_visit(session, receptionist, issued.visit_id)
    with pytest.raises(BillUpToDate):
        billing.settle_change(session, receptionist, bill.invoice_id, PaymentMethod.ADVANCE)
    pay(session, supplement)
    dispensing.dispense(session, pharmacist, supplement.invoice_id)
    assert dispensing.list_waiting(session, pharmacist) == []
    sums_hold(session)


def test_a_supplement_whose_prescription_changes_again_is_made_anew_and_followed_by_another(
    session, doctor, receptionist, issued, bill, amoxicillin
):
    pay(session, bill)
    second = amend(session, doctor, issued, amoxicillin, duration_days=7)
    unpaid = billing.settle_change(session, receptionist, bill.invoice_id, PaymentMethod.CASH).bill
    third = amend(session, doctor, second, amoxicillin, duration_days=3)

    again = billing.bill_anew(session, receptionist, unpaid.invoice_id)

    assert (again.supplements_id, again.total) == (bill.invoice_id, Decimal("40.50"))
    pay(session, again)
    amend(session, doctor, third, amoxicillin, duration_days=1)
    last = billing.settle_change(session, receptionist, again.invoice_id, PaymentMethod.ADVANCE).bill
    assert (last.supplements_id, last.due) == (again.invoice_id, 0)
    assert billing.advance_of(session, receptionist, bill.patient_id) == Decimal("27.00")
    sums_hold(session)


@pytest.fixture
def ibuprofen(session):
    medicine = a_medicine(session, "Ibuprofen", price="2.00")
    a_batch(session, medicine, 100)
    return medicine


@pytest.fixture
def handed(session, admin, receptionist, pharmacist, bill, amoxicillin, ibuprofen):
    """The bill, unpaid, with six of another medicine by hand: four are with the patient, two called off."""
    clinic.change(session, admin, dispense_unpaid=True)
    lines = [billing.LineDetails(line_id=line.line_id, quantity=line.quantity) for line in bill.lines]
    lines.append(billing.LineDetails(medicine_id=ibuprofen.medicine_id, quantity=6))
    line = billing.correct(session, receptionist, bill.invoice_id, lines, seen=bill).lines[-1]
    dispensing.call_off(session, pharmacist, line.line_id, 2, "Has some at home")
    [batch] = inventory.batches(session, pharmacist, amoxicillin.medicine_id)
    inventory.block(session, pharmacist, batch.batch_id, "Looks odd")
    dispensing.dispense(session, pharmacist, bill.invoice_id, partly=True)
    return bill


def test_what_was_called_off_or_came_back_is_not_owed_again_on_the_bill_that_is_made_anew(
    session, doctor, receptionist, pharmacist, issued, handed, amoxicillin
):
    (given,) = dispensing.find_handed_over(session, pharmacist, handed.number)
    dispensing.take_back(session, pharmacist, given.items[0].item_id, 4, usable=True, reason="Not tolerated")
    amend(session, doctor, issued, amoxicillin, duration_days=7)

    again = billing.settle_change(session, receptionist, handed.invoice_id, PaymentMethod.ADVANCE).bill

    assert [(line.description, line.quantity, line.owed) for line in again.lines[1:]] == [
        ("Ibuprofen", 6, 0),
        ("Amoxicillin 500 mg", 21, 21),
    ]
    sums_hold(session)


def test_an_unpaid_bill_that_can_neither_be_changed_nor_made_anew_is_paid_and_then_settled(
    session, doctor, receptionist, issued, handed, amoxicillin, ibuprofen
):
    items = [an_item(session, amoxicillin, duration_days=7), an_item(session, ibuprofen)]
    prescriptions.amend(session, doctor, issued.prescription_id, items, "Fever")
    settle = partial(billing.settle_change, session, receptionist, handed.invoice_id, PaymentMethod.ADVANCE)

    with pytest.raises(RestDueFirst, match=r"is still due\. Take the .* first"):
        settle()
    pay(session, billing.get(session, receptionist, handed.invoice_id))
    settled = settle()

    assert settled.credit_note.amount == Decimal("67.50")
    assert [line.description for line in settled.bill.lines] == ["Amoxicillin 500 mg", "Ibuprofen"]
    sums_hold(session)


def test_what_is_prescribed_after_the_bill_was_made_goes_on_a_supplement_once(
    session, admin, doctor, receptionist, amoxicillin, frozen_clock
):
    visit = a_completed_visit(session, doctor)
    bill = billing.invoice_visit(session, receptionist, visit.visit_id)
    frozen_clock(2025, 3, 1, hour=11)
    visits.reopen(session, admin, visit.visit_id, "Forgot the antibiotic")
    prescriptions.prescribe(session, doctor, visit.visit_id, [an_item(session, amoxicillin)])
    assert billing.list_unbilled(session, receptionist) == []
    visits.complete(session, doctor, visit.visit_id)

    [more] = billing.list_unbilled(session, receptionist)
    assert (more.visit_id, more.billed) == (visit.visit_id, bill.number)
    supplement = billing.invoice_visit(session, receptionist, visit.visit_id)

    assert (supplement.supplements_id, supplement.total) == (bill.invoice_id, Decimal("67.50"))
    assert billing.list_unbilled(session, receptionist) == []
    with pytest.raises(billing.AlreadyInvoiced, match=f"already has bill {bill.number}"):
        billing.invoice_visit(session, receptionist, visit.visit_id)
    with pytest.raises(billing.Supplemented, match=f"supplemented by {supplement.number}: cancel that first"):
        billing.cancel(session, receptionist, bill.invoice_id, "Wrong")
    billing.cancel(session, receptionist, supplement.invoice_id, "Wrong")
    assert [row.billed for row in billing.list_unbilled(session, receptionist)] == [bill.number]
