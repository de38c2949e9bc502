"""Races of the pharmacy: the last units, returns, deliveries and stock-takes."""

from dataclasses import replace

from core import buying, dispensing, inventory
from core.buying import SupplierDetails
from core.inventory import stock_takes
from core.permissions import Role
from tests import factories
from tests.core.test_purchase_orders import DELIVERY, SOON, line
from tests.races.table import does, race

TRUE_SHELF = (
    "SELECT bool_and(on_hand >= 0 AND on_hand = (SELECT sum(change) FROM stock_movements WHERE batch_id = b.id))"
    " FROM batches b"
)


def shelf(session):
    """A pharmacist, a medicine and ten of it."""
    meera, medicine = factories.a_user(session, Role.PHARMACIST), factories.a_medicine(session)
    return meera, medicine, factories.a_batch(session, medicine, 10).batch_id


def handing_over(session, meera, medicine, quantity=6):
    bill = factories.an_invoice(session, (medicine, quantity), paid=True)
    return does(dispensing.dispense, meera, bill.invoice_id)


@race(TRUE_SHELF, dispensing.OutOfStock)
def the_last_units_are_handed_over_twice(session):
    meera, medicine, _ = shelf(session)
    return handing_over(session, meera, medicine), handing_over(session, meera, medicine)


@race("SELECT count(*) = 1 FROM dispensings", dispensing.AlreadyDispensed)
def one_bill_is_handed_over_twice(session):
    meera, medicine, _ = shelf(session)
    one = handing_over(session, meera, medicine, 4)
    return one, one


@race(TRUE_SHELF, inventory.NotThatMany)
def stock_is_adjusted_while_it_is_handed_over(session):
    meera, medicine, batch = shelf(session)
    return handing_over(session, meera, medicine), does(inventory.adjust, meera, batch, -5, "Broken")


@race(TRUE_SHELF, inventory.NotThatMany)
def two_write_off_of_one_batch(session):
    meera, _, batch = shelf(session)
    return tuple(does(inventory.write_off, meera, batch, 6, "Broken") for _ in range(2))


@race(
    "SELECT returned = (SELECT sum(quantity) FROM medicine_returns) AND returned <= quantity FROM dispensing_items",
    dispensing.NotThatManyGiven,
)
def more_comes_back_than_was_given(session):
    meera, medicine, _ = shelf(session)
    bill = factories.an_invoice(session, (medicine, 4), paid=True)
    dispensing.dispense(session, meera, bill.invoice_id)
    given = dispensing.find_handed_over(session, meera, bill.number)[0].items[0].item_id
    back = does(dispensing.take_back, meera, given, 3, usable=True, reason="Too many")
    return back, back


@race(TRUE_SHELF, stock_takes.CountAgain)
def a_count_is_posted_while_it_is_handed_over(session):
    meera, medicine, batch = shelf(session)
    hand_over = handing_over(session, meera, medicine)
    take = stock_takes.start(session, meera).summary.stock_take_id
    stock_takes.count(session, meera, take, batch, 5, "Lost")
    return hand_over, does(stock_takes.post, meera, take)


@race("SELECT count(*) = 1 FROM stock_takes WHERE state = 'OPEN'", stock_takes.AlreadyCounting)
def two_begin_a_stock_take(session):
    meera, *_ = shelf(session)
    return does(stock_takes.start, meera), does(stock_takes.start, meera)


@race("SELECT count(*) = 1 FROM stock_movements WHERE reason = 'ADJUSTED'", stock_takes.NotOpen)
def one_stock_take_is_posted_twice(session):
    meera, _, batch = shelf(session)
    take = stock_takes.start(session, meera).summary.stock_take_id
    stock_takes.count(session, meera, take, batch, 9, "Lost")
    return does(stock_takes.post, meera, take), does(stock_takes.post, meera, take)


def ordered(session):
    """A pharmacist, and an order of 100 of each of two medicines."""
    meera = factories.a_user(session, Role.PHARMACIST)
    apollo = buying.add_supplier(session, meera, SupplierDetails("Apollo")).supplier_id
    medicines = [factories.a_medicine(session), factories.a_medicine(session, "Zinc")]
    return meera, buying.order(session, meera, apollo, [line(medicine) for medicine in medicines], SOON)


@race(
    "SELECT state = 'RECEIVED' FROM purchase_orders",
)
def the_last_two_lines_of_an_order_come_at_once(session):
    meera, order = ordered(session)
    parts = zip(order.lines, ("A", "B"), strict=True)
    return tuple(
        does(buying.receive, meera, wanted.line_id, replace(DELIVERY, number=number, quantity=100))
        for wanted, number in parts
    )


@race("SELECT count(*) = 1 FROM batches", inventory.BatchOfAnother)
def one_number_is_given_to_two_medicines(session):
    meera, order = ordered(session)
    one, other = order.lines
    without_order = replace(DELIVERY, supplier="apollo")
    return (
        does(buying.receive, meera, one.line_id, DELIVERY),
        does(inventory.receive, meera, other.medicine_id, without_order),
    )
