"""The documents of bills, through every kind of change."""

from decimal import Decimal

from bson import Decimal128

from core import billing
from core.models import (
    PaymentMethod,
)
from tests.etl.changes import refund
from tests.factories import (
    an_invoice,
)


def money(amount):
    return Decimal128(amount)


def test_a_bill_tells_what_was_paid_and_what_is_due(session, equal, mongo, admin, doctor, treat, frozen_clock):
    _, invoice_id = treat(paid="100.00")
    frozen_clock(day=8)
    billing.pay(session, admin, invoice_id, Decimal("200.00"), PaymentMethod.CARD)
    equal()

    bill = mongo.invoices.find_one({"_id": invoice_id})

    assert (bill["state"], bill["doctor_id"], bill["date"].day) == ("ISSUED", doctor.user_id, 1)
    assert (bill["total"], bill["paid"], bill["due"]) == (money("545.00"), money("300.00"), money("245.00"))
    assert [(row["date"].day, row["method"], row["amount"]) for row in bill["payments"]] == [
        (1, "CASH", money("100.00")),
        (8, "CARD", money("200.00")),
    ]
    day = mongo.daily_summaries.find_one({"_id": "2025-03-01"})
    assert (day["total_subtotal"], day["total_due"]) == (money("545.00"), money("245.00"))
    assert day["by_kind"] == {"CONSULTATION": money("500.00"), "MEDICINE": money("45.00")}


def test_a_refund_today_corrects_the_bill_and_the_day_of_last_month(session, equal, mongo, admin, treat, frozen_clock):
    _, invoice_id = treat()
    equal()
    frozen_clock(month=4)
    refund(session, admin, invoice_id, "100.00")
    equal()

    bill = mongo.invoices.find_one({"_id": invoice_id})

    assert (bill["refunded"], bill["payments"][-1]["amount"]) == (money("100.00"), money("-100.00"))
    assert mongo.daily_summaries.find_one({"_id": "2025-03-01"})["total_revenue"] == money("445.00")
    assert mongo.daily_summaries.find_one({"_id": "2025-04-01"})["total_refunded"] == money("100.00")


def test_nothing_is_due_of_a_cancelled_bill(session, equal, mongo, admin):
    invoice = an_invoice(session)
    equal()
    billing.cancel(session, admin, invoice.invoice_id, "Wrong patient")
    equal()

    bill = mongo.invoices.find_one()

    assert (bill["state"], bill["total"], bill["due"]) == ("CANCELLED", money("300.00"), money("0.00"))
    assert bill["doctor_id"] is None
