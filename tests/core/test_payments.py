from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core import billing
from core.billing import (
    AlreadyCancelled,
    AlreadyPaid,
    InvoiceCancelled,
    LineDetails,
    Overpaid,
    PartlyPaid,
)
from core.errors import Invalid
from core.idempotency import once
from core.models import AuditEvent, InvoiceState, PaymentMethod
from tests.factories import a_completed_visit, a_patient, an_invoice
from tests.statements import sums_hold

CASH, CARD = PaymentMethod.CASH, PaymentMethod.CARD


def rupees(amount):
    return Decimal(amount)


def last_event(session):
    return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()


def test_a_bill_is_paid_in_parts_by_several_methods(session, receptionist):
    invoice = an_invoice(session, price="300.00")

    part = billing.pay(session, receptionist, invoice.invoice_id, rupees("100"), CASH)
    assert (part.state, part.due) == (InvoiceState.ISSUED, rupees("200.00"))
    assert last_event(session).event == "invoice.partly_paid"

    paid = billing.pay(session, receptionist, invoice.invoice_id, rupees("200"), CARD, " slip 7 ")
    assert (paid.state, paid.due) == (InvoiceState.PAID, 0)
    assert [(p.method, p.amount, p.reference, p.received_by) for p in paid.payments] == [
        (CASH, rupees("100.00"), "", "Ravi"),
        (CARD, rupees("200.00"), "slip 7", "Ravi"),
    ]
    sums_hold(session)


def test_no_more_is_taken_than_is_due(session, receptionist):
    invoice = an_invoice(session, price="300.00")
    billing.pay(session, receptionist, invoice.invoice_id, rupees("100"), CASH)

    with pytest.raises(Overpaid, match=r"Only 200.00 is due") as refusal:
        billing.pay(session, receptionist, invoice.invoice_id, rupees("200.01"), CASH)

    assert refusal.value.due == rupees("200.00")


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity"])
def test_an_impossible_amount_is_refused(session, receptionist, amount):
    invoice = an_invoice(session)

    with pytest.raises(Invalid, match="The amount"):
        billing.pay(session, receptionist, invoice.invoice_id, rupees(amount), CASH)


def test_a_paid_bill_is_not_paid_again(session, receptionist):
    invoice = an_invoice(session, paid=True)

    with pytest.raises(AlreadyPaid):
        billing.pay(session, receptionist, invoice.invoice_id, rupees("1"), CASH)


def test_a_cancelled_bill_is_not_paid_and_not_cancelled_again(session, receptionist):
    invoice = an_invoice(session)
    cancelled = billing.cancel(session, receptionist, invoice.invoice_id, "Patient left")

    assert (cancelled.state, cancelled.due, cancelled.cancel_reason) == (InvoiceState.CANCELLED, 0, "Patient left")
    with pytest.raises(InvoiceCancelled):
        billing.pay(session, receptionist, invoice.invoice_id, rupees("1"), CASH)
    with pytest.raises(AlreadyCancelled):
        billing.cancel(session, receptionist, invoice.invoice_id, "Again")


def test_a_bill_with_a_payment_is_not_cancelled(session, receptionist):
    invoice = an_invoice(session, price="300.00")
    billing.pay(session, receptionist, invoice.invoice_id, rupees("100"), CASH)

    with pytest.raises(PartlyPaid, match=r"100.00 has been paid .* refunded, not cancelled"):
        billing.cancel(session, receptionist, invoice.invoice_id, "Patient left")


def test_cancelling_needs_a_reason(session, receptionist):
    with pytest.raises(Invalid, match="The reason is missing"):
        billing.cancel(session, receptionist, an_invoice(session).invoice_id, " ")


def test_takings_belong_to_the_day_of_the_payment(session, receptionist, frozen_clock):
    first, second = an_invoice(session, price="300.00"), an_invoice(session, price="50.00")
    billing.pay(session, receptionist, first.invoice_id, rupees("100"), CASH)
    frozen_clock(2025, 3, 2)
    billing.pay(session, receptionist, first.invoice_id, rupees("200"), CARD)
    billing.pay(session, receptionist, second.invoice_id, rupees("50"), CARD)

    assert billing.taken_on(session, receptionist, date(2025, 3, 1)).by_method == {CASH: rupees("100.00")}
    taken = billing.taken_on(session, receptionist, date(2025, 3, 2))
    assert (taken.by_method, taken.total) == ({CARD: rupees("250.00")}, rupees("250.00"))
    assert billing.taken_on(session, receptionist, date(2025, 3, 3)).total == 0


def test_a_payment_is_audited_for_both_days_and_its_visit(session, receptionist, doctor, frozen_clock):
    visit = a_completed_visit(session, doctor)
    invoice = billing.invoice_visit(session, receptionist, visit.visit_id)
    frozen_clock(2025, 3, 4)

    billing.pay(session, receptionist, invoice.invoice_id, rupees("500"), CASH)

    event = last_event(session)
    assert (event.event, event.days, event.visit_id) == (
        "invoice.paid",
        [date(2025, 3, 1), date(2025, 3, 4)],
        visit.visit_id,
    )
    assert event.changes == {
        "paid": ["0.00", "500.00"],
        "state": ["ISSUED", "PAID"],
        "method": [None, "CASH"],
    }


def test_bills_are_listed_while_something_is_due_and_by_the_day_they_were_made(session, receptionist, frozen_clock):
    yesterday = an_invoice(session)
    frozen_clock(2025, 3, 2)
    paid, cancelled = an_invoice(session, paid=True), an_invoice(session)
    billing.cancel(session, receptionist, cancelled.invoice_id, "Left")

    assert [card.number for card in billing.find_unpaid(session, receptionist).newest] == [yesterday.number]
    today = billing.list_day(session, receptionist, date(2025, 3, 2))
    assert [card.number for card in today] == [paid.number, cancelled.number]


def test_the_same_click_twice_takes_the_money_once(session, receptionist):
    invoice = an_invoice(session, price="300.00")

    first, again = (
        once("key-1", billing.pay)(session, receptionist, invoice.invoice_id, rupees("100"), CASH) for _ in range(2)
    )

    assert again == first
    assert billing.get(session, receptionist, invoice.invoice_id) == first


def test_the_same_click_twice_makes_one_bill_by_hand(session, receptionist):
    asha, lines = a_patient(session).patient_id, [LineDetails("Certificate", unit_price=rupees("50"))]

    first, again = (once("key-1", billing.invoice_by_hand)(session, receptionist, asha, lines) for _ in range(2))

    assert again == first
    assert billing.find_unpaid(session, receptionist).count == 1
