"""The documents of stock, by month and by medicine, through every kind of change."""

from bson import Decimal128
from sqlalchemy import select

from core import audit, inventory
from core.models import Batch, Medicine, Supplier
from tests.etl.changes import an_order, half_arrives
from tests.factories import a_batch, a_medicine


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


def test_what_leaves_without_a_patient_is_told_by_month_with_its_cost(session, equal, mongo, admin):
    batch = a_batch(session, a_medicine(session), 100, supplier="Sun Pharma")
    inventory.write_off(session, admin, batch.batch_id, 3, "Damaged")
    inventory.transfer_out(session, admin, batch.batch_id, 5, "Salt Lake")
    inventory.send_back(session, admin, batch.batch_id, 7, "Ordered too many")
    equal()

    [moved] = mongo.monthly_stock.find_one()["medicines"]
    assert [moved[name] for name in ("written_off", "transferred", "sent_back")] == [3, 5, 7]
    values = ("written_off_value", "transferred_value", "sent_back_value", "value_change")
    assert [moved[name] for name in values] == [money("9.00"), money("15.00"), money("21.00"), money("255.00")]


def test_an_order_is_told_with_what_came_of_it_and_what_is_still_to_come(session, equal, mongo, admin, frozen_clock):
    medicine = a_medicine(session)
    ordered = an_order(session, admin, medicine.medicine_id)
    equal()
    assert mongo.stock_levels.find_one()["on_order"] == 100
    frozen_clock(day=6)
    half_arrives(session, admin, ordered)
    supplier = session.get_one(Supplier, ordered.supplier_id)
    audit.record(session, admin, audit.UPDATE, "supplier.changed", supplier, audit.assign(supplier, name="Metro Ltd"))
    equal()

    told = mongo.purchase_orders.find_one()
    assert (told["number"], told["state"], told["supplier"]["name"]) == ("PO-000001", "ORDERED", "Metro Ltd")
    assert [day.day for day in told["arrived_on"]] == [6]
    assert (told["received_units"], told["short_units"], told["ordered_value"]) == (50, 50, money("300.00"))
    assert mongo.stock_levels.find_one()["on_order"] == 50
