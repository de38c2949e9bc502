"""Money given back: exact shares, numbered credit notes, and never more than was paid or than came back."""

from decimal import Decimal

import pytest

from core import billing
from core.billing import LineDetails
from core.models import PaymentMethod
from tests.factories import a_patient, a_service, pay
from tests.statements import sums_hold

CASH, ADVANCE = PaymentMethod.CASH, PaymentMethod.ADVANCE


def rupees(amount):
    return Decimal(amount)


@pytest.fixture
def dressings(session, admin):
    """Three dressings at 33.33, 10.00 off, 12 % tax, paid."""
    dressing = a_service(session, price="33.33", tax="12")
    line = LineDetails(
        service_id=dressing.service_id, quantity=3, discount=rupees("10"), discount_reason="Senior citizen"
    )
    return pay(session, billing.invoice_by_hand(session, admin, a_patient(session).patient_id, [line]))


def give_back(session, actor, bill, units, method=CASH):
    """So many of the first line."""
    return billing.refund(session, actor, bill.invoice_id, {bill.lines[0].line_id: units}, method, "Not done")


def test_parts_of_a_line_given_back_one_by_one_add_up_to_the_line(session, receptionist, dressings):
    notes = [give_back(session, receptionist, dressings, 1) for _ in range(3)]

    assert [(n.number, n.amount) for n in notes] == [
        ("CN-2024-25/000001", rupees("33.60")),
        ("CN-2024-25/000002", rupees("33.59")),
        ("CN-2024-25/000003", rupees("33.60")),
    ]
    [(one,), (two,), (three,)] = [note.lines for note in notes]
    assert (one.discount, two.discount, three.discount) == (rupees("3.33"), rupees("3.34"), rupees("3.33"))
    assert sum(note.amount for note in notes) == dressings.total
    sums_hold(session)
