"""The documents of bills, through every kind of change."""

from decimal import Decimal

from bson import Decimal128

from core import billing, clock, drawers
from core.models import (
    PaymentMethod,
)
from tests.etl.changes import refund
from tests.factories import a_patient, an_invoice


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
    refund(session, admin, invoice_id, 4)
    equal()

    bill = mongo.invoices.find_one({"_id": invoice_id})

    assert (bill["refunded"], bill["payments"][-1]["amount"]) == (money("18.00"), money("-18.00"))
    [note] = bill["credit_notes"]
    assert (note["number"], note["reason"], note["amount"]) == ("CN-2025-26/000001", "Not tolerated", money("18.00"))
    assert mongo.daily_summaries.find_one({"_id": "2025-03-01"})["total_revenue"] == money("527.00")
    april = mongo.daily_summaries.find_one({"_id": "2025-04-01"})
    assert (april["total_refunded"], april["credit_notes"], april["medicines_returned"]) == (money("18.00"), 1, 4)


def test_what_is_paid_from_an_advance_came_in_once(session, equal, mongo, admin, treat, frozen_clock):
    asha = a_patient(session)
    billing.receive_advance(session, admin, asha.patient_id, Decimal("600.00"), PaymentMethod.UPI)
    equal()
    frozen_clock(day=3)
    _, invoice_id = treat(asha, method=PaymentMethod.ADVANCE)
    refund(session, admin, invoice_id, 10, PaymentMethod.ADVANCE)
    billing.pay_out_advance(session, admin, asha.patient_id, Decimal("40.00"), PaymentMethod.CASH)
    equal()

    first, third = (mongo.daily_summaries.find_one({"_id": f"2025-03-0{day}"}) for day in (1, 3))
    moved = ("total_received", "total_refunded", "by_method")
    assert [first[name] for name in moved] == [money("600.00"), money("0.00"), {"UPI": money("600.00")}]
    assert [third[name] for name in moved] == [money("0.00"), money("40.00"), {"CASH": money("-40.00")}]
    assert third["total_revenue"] == money("500.00")
    of_advances = ("advance_received", "advance_applied", "advance_credited", "advance_paid_out")
    assert [first[name] for name in of_advances] == [*map(money, ("600.00", "0.00", "0.00", "0.00"))]
    assert [third[name] for name in of_advances] == [*map(money, ("0.00", "545.00", "45.00", "40.00"))]
    ledger = mongo.advances.find(sort=[("_id", 1)])
    assert [(row["reason"], row["method"]) for row in ledger] == [
        ("RECEIVED", "UPI"),
        ("APPLIED", None),
        ("CREDITED", None),
        ("PAID_OUT", "CASH"),
    ]


def test_a_drawer_that_was_short_is_told_on_its_day(session, equal, mongo, admin, treat):
    treat()
    count = drawers.Count({Decimal(500): 1}, Decimal(500), Decimal("545.00"), "Change given wrongly")
    drawers.close(session, admin, admin.user_id, clock.today(), count)
    equal()

    day = mongo.daily_summaries.find_one()
    assert (day["drawers_closed"], day["cash_short"], day["cash_over"]) == (1, money("45.00"), money("0.00"))
    assert mongo.day_closes.find_one()["counted"] == money("500.00")


def test_nothing_is_due_of_a_cancelled_bill(session, equal, mongo, admin):
    invoice = an_invoice(session)
    equal()
    billing.cancel(session, admin, invoice.invoice_id, "Wrong patient")
    equal()

    bill = mongo.invoices.find_one()

    assert (bill["state"], bill["total"], bill["due"]) == ("CANCELLED", money("300.00"), money("0.00"))
    assert bill["doctor_id"] is None
