"""Money given back: exact shares, numbered credit notes, and never more than was paid or than came back."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from core import billing, clinic, dispensing
from core.billing import AllGivenBack, LineDetails, NothingPaid, RefundTooMuch
from core.billing.shares import share
from core.errors import Invalid, NotFound, NotPermitted
from core.fields import to_cents
from core.idempotency import once
from core.models import AuditEvent, CreditNote, PaymentMethod
from tests.factories import a_batch, a_medicine, a_patient, a_service, an_invoice, pay
from tests.statements import sums_hold

CASH, ADVANCE = PaymentMethod.CASH, PaymentMethod.ADVANCE


def rupees(amount):
    return Decimal(amount)


@pytest.fixture
def dressings(session, admin):
    """Three dressings at 33.33, 10.00 off, 12 % tax, paid."""
    dressing = a_service(session, price="33.33", tax="12")
    line = LineDetails(service_id=dressing.service_id, quantity=3, discount=rupees("10"), discount_reason="Senior")
    return pay(session, billing.invoice_by_hand(session, admin, a_patient(session).patient_id, [line]))


@pytest.fixture
def capsules(session):
    """A certificate and ten capsules at 4.50, paid, with the capsules on the shelf."""
    medicine = a_medicine(session)
    a_batch(session, medicine, 6)
    return an_invoice(session, (medicine, 10), paid=True)


def give_back(session, actor, bill, units, method=CASH, line=0, reason="Not done"):
    return billing.refund(session, actor, bill.invoice_id, {bill.lines[line].line_id: units}, method, reason)


def test_parts_of_a_line_given_back_one_by_one_add_up_to_the_line(session, receptionist, dressings):
    notes = [give_back(session, receptionist, dressings, 1) for _ in range(3)]

    assert [(note.number, note.amount) for note in notes] == [
        ("CN-2024-25/000001", rupees("33.60")),
        ("CN-2024-25/000002", rupees("33.59")),
        ("CN-2024-25/000003", rupees("33.60")),
    ]
    assert [line.discount for note in notes for line in note.lines] == [rupees("3.33"), rupees("3.34"), rupees("3.33")]
    assert sum(note.amount for note in notes) == dressings.total
    assert billing.get(session, receptionist, dressings.invoice_id).credit_notes == tuple(notes)
    sums_hold(session)


@given(data=st.data())
def test_whatever_the_steps_the_shares_of_a_line_add_up_to_it_and_none_is_below_zero(data):
    quantity = data.draw(st.integers(1, 60), "quantity")
    price = data.draw(st.decimals(0, 500, places=2), "price")
    gross = quantity * price
    discount = data.draw(st.decimals(0, gross, places=2), "discount")
    tax = to_cents((gross - discount) * data.draw(st.sampled_from([0, 5, 12, 18]), "tax percent") / 100)
    line = SimpleNamespace(quantity=quantity, unit_price=price, discount=discount, tax=tax)
    gone, parts = 0, []
    while gone < quantity:
        parts.append(share(line, gone, data.draw(st.integers(1, quantity - gone), "units")))
        gone += parts[-1].quantity

    assert sum(part.discount for part in parts) == discount
    assert sum(part.tax for part in parts) == tax
    assert sum(part.amount for part in parts) == gross - discount + tax
    assert all(part.amount >= 0 and part.discount >= 0 and part.tax >= 0 for part in parts)


def test_what_can_be_given_back_is_told_line_by_line(session, receptionist, pharmacist, capsules):
    dispensing.dispense(session, pharmacist, capsules.invoice_id, partly=True)

    can = billing.refundable(session, receptionist, capsules.invoice_id)

    assert can.most == rupees("345.00")
    assert [(line.units, line.kept, line.amount) for line in can.lines] == [
        (1, 0, rupees("300.00")),
        (4, 6, rupees("18.00")),
    ]
    assert can.lines[1].share(2).amount == rupees("9.00")


def test_medicines_with_the_patient_are_not_paid_back_and_those_not_handed_over_are_called_off(
    session, receptionist, pharmacist, capsules
):
    dispensing.dispense(session, pharmacist, capsules.invoice_id, partly=True)
    with pytest.raises(Invalid, match="6 of 10 are with the patient, so the money of 4 can be given back"):
        give_back(session, receptionist, capsules, 5, line=1)

    note = give_back(session, receptionist, capsules, 3, line=1, reason="Too many")

    assert note.amount == rupees("13.50")
    [_, line] = billing.get(session, receptionist, capsules.invoice_id).lines
    assert (line.called_off, line.refunded, line.refundable) == (3, 3, 1)
    [waiting] = dispensing.list_waiting(session, pharmacist)
    assert waiting.medicines[0].quantity == 1
    give_back(session, receptionist, capsules, 1, line=1)
    assert dispensing.list_waiting(session, pharmacist) == []
    sums_hold(session)


def test_what_came_back_over_the_counter_is_paid_back(session, receptionist, pharmacist, capsules):
    given = dispensing.dispense(session, pharmacist, capsules.invoice_id, partly=True)
    [item] = dispensing.find_handed_over(session, pharmacist, given.number)[0].items
    dispensing.take_back(session, pharmacist, item.item_id, 2, usable=True, reason="Rash")

    note = give_back(session, receptionist, capsules, 2, line=1)

    line = billing.get(session, receptionist, capsules.invoice_id).lines[1]
    assert (note.amount, line.refunded, line.called_off, line.owed) == (rupees("9.00"), 2, 0, 4)
    sums_hold(session)


def test_an_unpaid_bill_is_cancelled_once_its_medicines_are_back(session, admin, receptionist, pharmacist):
    clinic.change(session, admin, dispense_unpaid=True)
    medicine = a_medicine(session)
    a_batch(session, medicine, 5)
    bill = an_invoice(session, (medicine, 5))
    dispensing.dispense(session, pharmacist, bill.invoice_id)
    [item] = dispensing.find_handed_over(session, pharmacist, bill.number)[0].items
    dispensing.take_back(session, pharmacist, item.item_id, 4, usable=True, reason="Rash")

    with pytest.raises(billing.HandedOver, match="cannot be cancelled before they are back"):
        billing.cancel(session, receptionist, bill.invoice_id, "Rash")
    dispensing.take_back(session, pharmacist, item.item_id, 1, usable=True, reason="Rash")
    assert billing.cancel(session, receptionist, bill.invoice_id, "Rash").due == 0


def test_nothing_is_given_back_twice_or_that_was_never_paid(session, receptionist, dressings, capsules):
    give_back(session, receptionist, dressings, 2)
    with pytest.raises(Invalid, match="Dressing: only 1 can still be given back"):
        give_back(session, receptionist, dressings, 2)
    give_back(session, receptionist, dressings, 1)
    with pytest.raises(AllGivenBack, match="All that was paid for bill 2024-25/000001 has been given back"):
        give_back(session, receptionist, dressings, 1)
    give_back(session, receptionist, capsules, 10, line=1)
    with pytest.raises(Invalid, match="Amoxicillin 500 mg: all of it has been given back already"):
        give_back(session, receptionist, capsules, 1, line=1)

    unpaid = an_invoice(session)
    with pytest.raises(NothingPaid, match="Nothing has been paid"):
        give_back(session, receptionist, unpaid, 1)
    billing.cancel(session, receptionist, unpaid.invoice_id, "Left")
    with pytest.raises(NothingPaid):
        give_back(session, receptionist, unpaid, 1)


def test_of_a_bill_paid_in_part_no_more_than_that_part_is_given_back(session, receptionist):
    bill = an_invoice(session, (a_medicine(session), 10))
    billing.pay(session, receptionist, bill.invoice_id, rupees("50"), CASH)

    with pytest.raises(RefundTooMuch, match=r"only 50\.00 is left to give back: 300\.00 is too much") as refusal:
        give_back(session, receptionist, bill, 1)
    assert refusal.value.left == rupees("50.00")
    give_back(session, receptionist, bill, 10, line=1)

    after = billing.get(session, receptionist, bill.invoice_id)
    assert (after.refunded, after.due) == (rupees("45.00"), rupees("295.00"))
    sums_hold(session)


@pytest.mark.parametrize(
    ("units", "problem"), [(0, "whole units"), (-1, "whole units"), (Decimal("1.5"), "whole units"), (4, "only 3")]
)
def test_units_that_cannot_be_are_refused(session, receptionist, dressings, units, problem):
    with pytest.raises(Invalid, match=problem):
        give_back(session, receptionist, dressings, units)
    assert session.scalar(select(func.count()).select_from(CreditNote)) == 0


def test_a_refund_says_why_and_for_which_lines_of_this_bill(session, receptionist, dressings, capsules):
    with pytest.raises(Invalid) as refusal:
        billing.refund(session, receptionist, dressings.invoice_id, {}, CASH, " ")
    assert refusal.value.problems == {"reason": "The reason is missing.", "lines": "Choose what is given back."}
    with pytest.raises(Invalid, match="not on the bill any more"):
        lines = {capsules.lines[0].line_id: 1}
        billing.refund(session, receptionist, dressings.invoice_id, lines, CASH, "Not done")


def test_what_was_free_gives_no_money_back(session, admin):
    free = LineDetails("Camp", unit_price=rupees("50"), discount=rupees("50"), discount_reason="Camp")
    lines = [free, LineDetails("Report", unit_price=rupees("10"))]
    bill = pay(session, billing.invoice_by_hand(session, admin, a_patient(session).patient_id, lines))

    with pytest.raises(billing.NothingCharged, match="Nothing was charged for this"):
        give_back(session, admin, bill, 1)


def test_a_refund_is_audited_on_its_bill_for_both_days(session, receptionist, dressings, frozen_clock):
    frozen_clock(2025, 3, 9)
    give_back(session, receptionist, dressings, 1)

    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.event, event.resource_id, [f"{day:%d}" for day in event.days]) == (
        "invoice.refunded",
        dressings.invoice_id,
        ["01", "09"],
    )
    assert event.changes == {
        "refunded": ["0.00", "33.60"],
        "credit_note": [None, "CN-2024-25/000001"],
        "method": [None, "CASH"],
    }
    taken = billing.taken_on(session, receptionist, event.days[1])
    assert (taken.by_method, taken.given_back) == ({}, {CASH: rupees("33.60")})


def test_credit_notes_are_numbered_by_financial_year(session, receptionist, dressings, frozen_clock):
    give_back(session, receptionist, dressings, 1)
    frozen_clock(2025, 4, 1)

    note = give_back(session, receptionist, dressings, 1)

    assert note.number == "CN-2025-26/000001"
    assert billing.credit_note(session, receptionist, note.credit_note_id) == note
    with pytest.raises(NotFound, match="There is no credit note 999"):
        billing.credit_note(session, receptionist, 999)


def test_the_same_click_twice_gives_the_money_back_once(session, receptionist, dressings):
    of_bill = (dressings.invoice_id, {dressings.lines[0].line_id: 1}, CASH, "Not done")

    first, again = (once("key-1", billing.refund)(session, receptionist, *of_bill) for _ in range(2))

    assert again == first
    assert billing.refundable(session, receptionist, dressings.invoice_id).lines[0].units == 2


def test_only_the_desk_gives_money_back(session, doctor, pharmacist, dressings):
    for actor in (doctor, pharmacist):
        with pytest.raises(NotPermitted, match="may not give money back"):
            give_back(session, actor, dressings, 1)
        with pytest.raises(NotPermitted):
            billing.refundable(session, actor, dressings.invoice_id)


def test_the_database_itself_refuses_a_credit_note_that_is_not_the_sum_of_its_lines(session, receptionist, dressings):
    note = give_back(session, receptionist, dressings, 1)
    sums_hold(session)

    session.execute(text("UPDATE invoices SET refunded = refunded + 1 WHERE id = :id"), {"id": note.invoice_id})
    with pytest.raises(IntegrityError, match="is not refunded as its credit notes say"):
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
