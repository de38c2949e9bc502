"""Who owes the clinic money, and for how long."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core import billing
from core.bill_ages import AGES
from core.errors import NotPermitted
from core.models import PaymentMethod
from tests.factories import a_patient, an_invoice, pay
from tests.statements import count_statements


def rupees(amount):
    return Decimal(amount)


def test_dues_are_told_by_patient_and_age_longest_owing_first(session, receptionist, frozen_clock):
    asha, vikram = a_patient(session, phone="+919876543210"), a_patient(session, "Vikram Sen")
    today, bills = date(2025, 12, 31), {}
    for days, price, patient in (
        (200, "1", asha),
        (91, "2", asha),
        (90, "4", vikram),
        (61, "8", asha),
        (60, "16", asha),
    ):
        day = today - timedelta(days=days)
        frozen_clock(day.year, day.month, day.day)
        bills[days] = an_invoice(session, price=price, patient=patient)
    for days, price in ((31, "32"), (30, "64"), (0, "128")):
        day = today - timedelta(days=days)
        frozen_clock(day.year, day.month, day.day)
        an_invoice(session, price=price, patient=asha)
    billing.pay(session, receptionist, bills[61].invoice_id, rupees("3"), PaymentMethod.CASH)
    pay(session, an_invoice(session, price="1000", patient=vikram))
    billing.cancel(session, receptionist, an_invoice(session, patient=vikram).invoice_id, "Left")
    billing.receive_advance(session, receptionist, vikram.patient_id, rupees("7"), PaymentMethod.CASH)

    told = billing.dues(session, receptionist)

    first, second = told.patients
    assert (first.patient, first.phone, first.oldest, first.oldest_on) == (
        "Asha Rao",
        "+919876543210",
        bills[200].number,
        date(2025, 6, 14),
    )
    assert (first.by_age, first.total, first.bills) == ((192, 48, 5, 3), 248, 7)
    assert (second.patient, second.by_age, second.advance) == ("Vikram Sen", (0, 0, 4, 0), rupees("7.00"))
    assert (told.by_age, told.total, told.day) == ((192, 48, 9, 3), 252, today)
    assert list(AGES) == ["0–30 days", "31–60 days", "61–90 days", "Over 90 days"]


def test_nobody_owes_anything_at_first_and_the_list_takes_one_statement(session, receptionist, pharmacist):
    empty = billing.dues(session, receptionist)
    assert (empty.patients, empty.total) == ((), 0)
    for _ in range(3):
        an_invoice(session)

    assert count_statements(session, lambda: billing.dues(session, receptionist)) == 1
    with pytest.raises(NotPermitted):
        billing.dues(session, pharmacist)
