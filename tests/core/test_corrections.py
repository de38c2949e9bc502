"""A bill is corrected in place until it is paid or something of it was handed over."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from core import billing, clinic, dispensing, prescriptions
from core.billing import BelowPaid, BillChangedMeanwhile, CannotCorrect, CorrectedAfterAnew, LineDetails
from core.errors import Invalid, NotPermitted
from core.idempotency import once
from core.models import AuditEvent, InvoiceState, PaymentMethod
from tests.factories import a_batch, a_medicine, a_patient, a_prescribed_visit, a_service, an_invoice
from tests.statements import sums_hold

pytestmark = pytest.mark.usefixtures("without_redis")
CASH = PaymentMethod.CASH


def rupees(amount):
    return Decimal(amount)


@pytest.fixture
def amoxicillin(session):
    return a_medicine(session)


@pytest.fixture
def prescribed(session, doctor, amoxicillin):
    return a_prescribed_visit(session, doctor, amoxicillin)


@pytest.fixture
def bill(session, receptionist, prescribed):
    """A consultation for 500.00 and 15 capsules for 67.50."""
    return billing.invoice_visit(session, receptionist, prescribed.visit_id)


def kept(bill, **changes):
    """The lines of a bill as they are; changes to its second line."""
    lines = [
        LineDetails(
            line_id=line.line_id,
            quantity=line.quantity,
            discount=line.discount,
            discount_reason=line.discount_reason,
        )
        for line in bill.lines
    ]
    if changes:
        lines[1] = replace(lines[1], **changes)
    return lines


def correct(session, actor, bill, lines):
    return billing.correct(session, actor, bill.invoice_id, lines, seen=bill)


def test_a_bill_keeps_its_number_and_what_was_prescribed_while_lines_come_and_change(session, receptionist, bill):
    dressing = a_service(session, tax="18")
    less = kept(bill, quantity=10, discount=rupees("4.50"), discount_reason="Senior")

    after = correct(session, receptionist, bill, [*less, LineDetails(service_id=dressing.service_id)])

    assert after.number == bill.number
    consultation, capsules, added = after.lines
    assert consultation == bill.lines[0]
    assert (capsules.prescription_item_id, capsules.unit_price) == (bill.lines[1].prescription_item_id, rupees("4.50"))
    assert (capsules.quantity, capsules.discount, capsules.amount) == (10, rupees("4.50"), rupees("40.50"))
    assert (added.description, added.amount) == ("Dressing", rupees("118.00"))
    assert (after.subtotal, after.discount, after.tax, after.total) == (
        rupees("645.00"),
        rupees("4.50"),
        rupees("18.00"),
        rupees("658.50"),
    )
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.event, event.changes["total"], event.visit_id) == (
        "invoice.corrected",
        ["567.50", "658.50"],
        bill.visit_id,
    )
    sums_hold(session)


def test_a_line_left_out_is_removed_and_its_medicine_may_come_back(session, receptionist, bill, amoxicillin):
    without = correct(session, receptionist, bill, kept(bill)[:1])
    assert (len(without.lines), without.total) == (1, rupees("500.00"))

    by_hand = LineDetails(medicine_id=amoxicillin.medicine_id, quantity=2)
    back = correct(session, receptionist, without, [*kept(without), by_hand])
    again = correct(session, receptionist, back, [kept(back)[0], by_hand])

    assert (again.total, again.lines[1].line_id) != (back.total, back.lines[1].line_id)
    assert again.total == rupees("509.00")
    sums_hold(session)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"quantity": 16}, "15 of Amoxicillin 500 mg are prescribed: no more"),
        ({"quantity": 0}, "quantity must be between 1 and 15"),
        ({"quantity": Decimal("1.5")}, "must be a whole number"),
        ({"unit_price": Decimal("4")}, "price of Amoxicillin 500 mg is 4.50: give a discount"),
        ({"discount": Decimal("1"), "discount_reason": " "}, "reason for the discount is missing"),
        ({"discount": Decimal("-1"), "discount_reason": "x"}, "The discount must be between"),
        ({"discount": Decimal("1.001"), "discount_reason": "x"}, "more than two decimals"),
        ({"discount": Decimal("67.51"), "discount_reason": "x"}, "more than the line comes to .67.50."),
        ({"discount": Decimal("6.76"), "discount_reason": "x"}, "Ravi may give at most 6.75 off"),
        ({"line_id": 999}, "line is not on the bill any more"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_changes_nothing(session, receptionist, bill, changes, problem):
    with pytest.raises(Invalid, match=problem):
        correct(session, receptionist, bill, kept(bill, **changes))

    assert billing.get(session, receptionist, bill.invoice_id) == bill


def test_the_consultation_stays_and_is_charged_once(session, receptionist, bill):
    with pytest.raises(Invalid, match="The consultation stays on the bill"):
        correct(session, receptionist, bill, kept(bill)[1:])
    with pytest.raises(Invalid, match="between 1 and 1"):
        correct(session, receptionist, bill, [replace(kept(bill)[0], quantity=2), kept(bill)[1]])


def test_a_discount_of_the_administrator_stays_when_the_desk_corrects_something_else(
    session, admin, receptionist, bill
):
    half = kept(bill, discount=rupees("33.75"), discount_reason="Staff")
    seen = correct(session, admin, bill, half)

    after = correct(session, receptionist, seen, [*kept(seen), LineDetails("Certificate", unit_price=rupees("50"))])

    assert after.lines[1] == seen.lines[1]
    [_, line, _] = billing.explain(session, receptionist, bill.invoice_id).lines
    assert "Discount of 50 % (Staff), given by Asha Admin" in [step.words for step in line.steps]
    with pytest.raises(Invalid, match=r"Ravi may give at most 6\.75 off"):
        correct(session, receptionist, after, [*kept(after)[:1], replace(kept(after)[1], discount=rupees("40"))])


def test_limits_of_discounts_are_a_setting(session, admin, receptionist, bill):
    clinic.change(session, admin, discount_limits={"RECEPTION": 0})
    with pytest.raises(Invalid, match=r"Ravi may give at most 0\.00 off"):
        correct(session, receptionist, bill, kept(bill, discount=rupees("0.01"), discount_reason="x"))
    clinic.change(session, admin, discount_limits={"RECEPTION": 50})
    after = correct(session, receptionist, bill, kept(bill, discount=rupees("33.75"), discount_reason="x"))
    assert after.discount == rupees("33.75")


def test_two_people_do_not_correct_one_bill_at_once(session, receptionist, admin, bill):
    correct(session, admin, bill, kept(bill, quantity=10))

    with pytest.raises(BillChangedMeanwhile, match="was changed by somebody else after you opened it"):
        correct(session, receptionist, bill, kept(bill, quantity=12))
    assert billing.get(session, receptionist, bill.invoice_id).lines[1].quantity == 10


def test_the_same_click_twice_corrects_once(session, receptionist, bill):
    lines = kept(bill, quantity=10)

    first, again = (
        once("key-1", billing.correct)(session, receptionist, bill.invoice_id, lines, seen=bill) for _ in range(2)
    )

    assert again == first


def test_a_bill_never_falls_below_what_is_paid_and_is_paid_when_it_comes_to_that(session, receptionist, bill):
    seen = billing.pay(session, receptionist, bill.invoice_id, rupees("545"), CASH)

    with pytest.raises(BelowPaid, match=r"545\.00 has been paid .* it cannot become 540\.50"):
        correct(session, receptionist, seen, kept(seen, quantity=9))
    after = correct(session, receptionist, seen, kept(seen, quantity=10))

    assert (after.total, after.state) == (rupees("545.00"), InvoiceState.PAID)
    with pytest.raises(CannotCorrect, match="is paid: give money back"):
        correct(session, receptionist, after, kept(after, quantity=9))
    sums_hold(session)


def test_a_free_bill_is_corrected_and_then_due(session, admin):
    patient, free = a_patient(session), LineDetails("Camp", unit_price=rupees("0"))
    bill = billing.invoice_by_hand(session, admin, patient.patient_id, [free])

    after = correct(session, admin, bill, [LineDetails("Report", unit_price=rupees("20"))])

    assert (after.state, after.due) == (InvoiceState.ISSUED, rupees("20.00"))


def test_what_was_handed_over_cancelled_or_given_back_is_not_corrected(session, admin, receptionist, pharmacist):
    medicine = a_medicine(session)
    a_batch(session, medicine, 50)
    clinic.change(session, admin, dispense_unpaid=True)
    handed, gone, part = (an_invoice(session, (medicine, 10)) for _ in range(3))
    dispensing.dispense(session, pharmacist, handed.invoice_id)
    billing.cancel(session, receptionist, gone.invoice_id, "Left")
    billing.pay(session, receptionist, part.invoice_id, rupees("100"), CASH)
    billing.refund(session, receptionist, part.invoice_id, {part.lines[1].line_id: 2}, CASH, "Too many")

    for bill, why in ((handed, "have been handed over"), (gone, "is cancelled"), (part, "has been given back")):
        now = billing.get(session, receptionist, bill.invoice_id)
        with pytest.raises(CannotCorrect, match=why):
            correct(session, receptionist, now, kept(now))


def test_an_unpaid_bill_of_which_everything_came_back_is_cancelled_and_made_again(
    session, admin, receptionist, pharmacist
):
    medicine = a_medicine(session)
    a_batch(session, medicine, 50)
    clinic.change(session, admin, dispense_unpaid=True)
    bill = an_invoice(session, (medicine, 10))
    dispensing.dispense(session, pharmacist, bill.invoice_id)
    (given,) = dispensing.find_handed_over(session, pharmacist, bill.number)
    dispensing.take_back(session, pharmacist, given.items[0].item_id, 10, usable=True, reason="Not needed")

    now = billing.get(session, receptionist, bill.invoice_id)
    with pytest.raises(CannotCorrect, match="All are back: cancel it and make another"):
        correct(session, receptionist, now, kept(now))

    assert billing.cancel(session, receptionist, bill.invoice_id, "All came back").state is InvoiceState.CANCELLED


def test_a_bill_whose_prescription_was_changed_is_made_anew_first(session, doctor, receptionist, prescribed, bill):
    prescriptions.cancel(session, doctor, prescribed.prescription_id, "Rash")

    with pytest.raises(CorrectedAfterAnew, match=r"was cancelled after bill .* Make the bill anew, then correct it"):
        correct(session, receptionist, bill, kept(bill))


def test_only_who_makes_bills_corrects_them(session, doctor, pharmacist, bill):
    for actor in (doctor, pharmacist):
        with pytest.raises(NotPermitted):
            correct(session, actor, bill, kept(bill))
