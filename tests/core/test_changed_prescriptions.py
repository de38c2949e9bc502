"""A prescription may be changed until something of it is handed over, whatever was billed or paid meanwhile."""

from decimal import Decimal
from functools import partial

import pytest

from core import billing, clinic, dispensing, inventory, prescriptions, visits
from core.billing import BillUpToDate, InvoiceState, RestDueFirst
from core.dispensing import PrescriptionTakenBack
from core.errors import Invalid
from core.models import AuditEvent, PaymentMethod, Prescription
from core.prescriptions import PrescriptionDispensed
from tests.factories import a_batch, a_completed_visit, a_medicine, a_visit, an_item, pay
from tests.statements import sums_hold

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
    with pytest.raises(billing.AlreadyInvoiced, match=f"already has invoice {bill.number}"):
        billing.invoice_visit(session, receptionist, issued.visit_id)
    with pytest.raises(BillUpToDate):
        billing.settle_change(session, receptionist, bill.invoice_id, PaymentMethod.ADVANCE)
    pay(session, supplement)
    dispensing.dispense(session, pharmacist, supplement.invoice_id)
    assert dispensing.list_waiting(session, pharmacist) == []
    sums_hold(session)


def test_a_bill_paid_in_part_is_changed_in_place_when_its_prescription_was(
    session, doctor, receptionist, issued, bill, amoxicillin
):
    billing.pay(session, receptionist, bill.invoice_id, Decimal("500"), PaymentMethod.CASH)
    amend(session, doctor, issued, amoxicillin, duration_days=7)

    settled = billing.settle_change(session, receptionist, bill.invoice_id, PaymentMethod.CASH)

    assert (settled.credit_note, settled.bill.number, settled.bill.due) == (None, bill.number, Decimal("94.50"))
    assert [line.quantity for line in settled.bill.lines] == [1, 21]
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
    with pytest.raises(billing.AlreadyInvoiced, match=f"already has invoice {bill.number}"):
        billing.invoice_visit(session, receptionist, visit.visit_id)
    with pytest.raises(billing.Supplemented, match=f"supplemented by {supplement.number}: cancel that first"):
        billing.cancel(session, receptionist, bill.invoice_id, "Wrong")
    billing.cancel(session, receptionist, supplement.invoice_id, "Wrong")
    assert [row.billed for row in billing.list_unbilled(session, receptionist)] == [bill.number]


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
