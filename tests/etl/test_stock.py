"""The documents of stock, by month and by medicine, through every kind of change."""

from bson import Decimal128
from sqlalchemy import select

from core import audit, inventory
from core.models import (
    Batch,
    Medicine,
    Supplier,
)
from tests.factories import (
    a_batch,
    a_medicine,
)


def money(amount):
    return Decimal128(amount)


def test_stock_is_told_by_month_and_medicine(session, equal, mongo, admin, treat, frozen_clock):
    treat()
    medicine = session.scalars(select(Medicine)).one()
    batch = session.scalars(select(Batch)).one()
    frozen_clock(month=4)
    inventory.adjust(session, admin, batch.id, -7, "Counted")
    equal()

    march, april = mongo.monthly_stock.find(sort=[("_id", 1)])
    assert (march["_id"], april["_id"]) == ("2025-03", "2025-04")
    (moved,) = march["medicines"]
    assert (moved["id"], moved["received"], moved["dispensed"], moved["adjusted"]) == (medicine.id, 1000, 10, 0)
    assert (moved["received_value"], moved["value_change"]) == (money("3000.00"), money("2970.00"))
    assert (april["medicines"][0]["adjusted"], april["medicines"][0]["value_change"]) == (-7, money("-21.00"))
    level = mongo.stock_levels.find_one({"_id": medicine.id})
    assert [(row["number"], row["on_hand"]) for row in level["batches"]] == [(batch.number, 983)]
    assert level["last_dispensed"].day == 1
    assert level["lead_days"] is None


def test_a_blocked_batch_and_a_withdrawn_medicine_are_told(session, equal, mongo, admin):
    medicine = a_medicine(session)
    batch = a_batch(session, medicine, 100, supplier="Sun Pharma")
    equal()
    inventory.block(session, admin, batch.batch_id, "Recalled by its maker")
    inventory.withdraw(session, admin, medicine.medicine_id)
    equal()

    level = mongo.stock_levels.find_one()

    assert (level["withdrawn"], level["batches"][0]["blocked"], level["lead_days"]) == (True, True, 3)


def test_a_supplier_who_takes_longer_is_known(session, equal, mongo, admin):
    a_batch(session, a_medicine(session), 100, supplier="Sun Pharma")
    equal()
    supplier = session.scalars(select(Supplier)).one()
    audit.record(session, admin, audit.UPDATE, "supplier.changed", supplier, audit.assign(supplier, lead_days=9))
    equal()

    assert mongo.stock_levels.find_one()["lead_days"] == 9


def test_a_batch_that_is_used_up_is_no_longer_on_hand(session, equal, mongo, admin):
    batch = a_batch(session, a_medicine(session), 10)
    inventory.adjust(session, admin, batch.batch_id, -10, "Broken")
    equal()

    assert mongo.stock_levels.find_one()["batches"] == []
