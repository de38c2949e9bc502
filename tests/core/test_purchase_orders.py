from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core import buying, inventory
from core.buying import NothingCame, OrderLine, OrderOver, PurchaseOrderState, SomethingCame, SupplierDetails
from core.errors import Invalid
from core.inventory import (
    BatchOfAnother,
    Delivery,
    DuplicateBatch,
    MedicineWithdrawn,
    NotTheSameBatch,
    SupplierWithdrawn,
)
from core.models import Batch, MovementReason, StockMovement
from tests.factories import a_batch, a_medicine, an_admin

SOON = date(2025, 3, 5)
DELIVERY = Delivery("AMX-1", 60, date(2026, 6, 30), Decimal("2.10"), delivery_note="LS 4711")


@pytest.fixture
def apollo(session, pharmacist):
    return buying.add_supplier(session, pharmacist, SupplierDetails("Apollo", lead_days=4)).supplier_id


@pytest.fixture
def amoxicillin(session):
    return a_medicine(session)


def line(medicine, quantity=100, cost="2.00"):
    return OrderLine(medicine.medicine_id, quantity, Decimal(cost))


@pytest.fixture
def order(session, pharmacist, apollo, amoxicillin):
    """100 capsules of amoxicillin, expected on the 5th (OrderRecord)."""
    return buying.order(session, pharmacist, apollo, [line(amoxicillin)], SOON, "by phone")


def on_hand(session, actor, medicine):
    return inventory.get_medicines(session, actor, [medicine.medicine_id])[medicine.medicine_id].on_hand


def test_an_order_is_open_until_it_is_late(session, pharmacist, order, frozen_clock):
    assert order.number == f"PO-{order.order_id:06d}"
    assert (order.supplier, order.total, order.note, order.ordered_by) == (
        "Apollo",
        Decimal("200.00"),
        "by phone",
        "Meera",
    )
    assert [(o.number, o.is_late) for o in buying.list_orders(session, pharmacist)] == [(order.number, False)]

    frozen_clock(day=6)

    assert buying.get(session, pharmacist, order.order_id).is_late


def test_a_part_delivery_leaves_the_rest_to_come_and_the_last_units_end_the_order(
    session, pharmacist, order, amoxicillin
):
    (wanted,) = order.lines
    buying.receive(session, pharmacist, wanted.line_id, DELIVERY)
    (partly,) = buying.get(session, pharmacist, order.order_id).lines
    assert (partly.received, partly.left) == (60, 40)

    buying.receive(session, pharmacist, wanted.line_id, replace(DELIVERY, number="AMX-2", quantity=50))

    over = buying.get(session, pharmacist, order.order_id)
    assert (over.state, over.lines[0].received, over.lines[0].left) == (PurchaseOrderState.RECEIVED, 110, 0)
    assert on_hand(session, pharmacist, amoxicillin) == 110
    latest = inventory.batches(session, pharmacist, amoxicillin.medicine_id)[0]
    assert (latest.supplier, latest.unit_cost) == ("Apollo", Decimal("2.10"))
    assert buying.list_orders(session, pharmacist) == []
    with pytest.raises(OrderOver, match="received already"):
        buying.receive(session, pharmacist, wanted.line_id, replace(DELIVERY, number="AMX-3"))


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"expires_on": date(2025, 2, 28)}, "expired on 28 Feb 2025"),
        ({"quantity": -5}, "quantity must be between 1"),
        ({"quantity": Decimal("2.5")}, "counted in whole units"),
        ({"unit_cost": Decimal("2.105")}, "more than two decimals"),
        ({"number": " "}, "batch number is missing"),
    ],
)
def test_what_cannot_be_right_changes_neither_stock_nor_order(session, pharmacist, order, amoxicillin, wrong, problem):
    with pytest.raises(Invalid, match=problem):
        buying.receive(session, pharmacist, order.lines[0].line_id, replace(DELIVERY, **wrong))

    assert buying.get(session, pharmacist, order.order_id) == order
    assert on_hand(session, pharmacist, amoxicillin) == 0


def test_the_same_batch_twice_and_one_number_for_two_medicines_are_refused(session, pharmacist, apollo, amoxicillin):
    other = a_medicine(session, "Cetirizine 10 mg")
    order = buying.order(session, pharmacist, apollo, [line(amoxicillin), line(other)], SOON)
    first, second = order.lines
    buying.receive(session, pharmacist, first.line_id, DELIVERY)

    with pytest.raises(DuplicateBatch):
        buying.receive(session, pharmacist, first.line_id, replace(DELIVERY, number="amx-1"))
    with pytest.raises(BatchOfAnother, match="AMX-1 from Apollo is on the books as Amoxicillin 500 mg"):
        buying.receive(session, pharmacist, second.line_id, DELIVERY)

    buying.receive(session, pharmacist, second.line_id, replace(DELIVERY, shares_number=True))
    assert on_hand(session, pharmacist, other) == 60


def test_more_of_the_same_batch_comes_with_the_rest_of_an_order_once_confirmed(session, pharmacist, order, amoxicillin):
    (wanted,) = order.lines
    buying.receive(session, pharmacist, wanted.line_id, DELIVERY)
    rest = replace(DELIVERY, quantity=40, is_more=True)

    with pytest.raises(NotTheSameBatch, match="to expire on 30 Jun 2026 and at 2"):
        buying.receive(session, pharmacist, wanted.line_id, replace(rest, expires_on=date(2026, 7, 31)))
    with pytest.raises(DuplicateBatch) as refusal:  # of an order, so not as a delivery of its own
        inventory.receive(session, pharmacist, amoxicillin.medicine_id, replace(rest, supplier="Apollo"))
    assert not refusal.value.may_be_more
    buying.receive(session, pharmacist, wanted.line_id, rest)

    (batch,) = inventory.batches(session, pharmacist, amoxicillin.medicine_id)
    assert batch.on_hand == 100
    assert buying.get(session, pharmacist, order.order_id).state is PurchaseOrderState.RECEIVED
    assert [m.reference for m in session.scalars(select(StockMovement))] == [order.number] * 2


def test_an_order_may_become_one_of_other_medicines_altogether(session, pharmacist, order):
    ibuprofen = a_medicine(session, "Ibuprofen 400 mg")

    changed = buying.change(session, pharmacist, order.order_id, [line(ibuprofen, 5)], SOON)

    assert [(one.medicine_id, one.quantity, one.received) for one in changed.lines] == [(ibuprofen.medicine_id, 5, 0)]
    assert changed.state is PurchaseOrderState.ORDERED


def test_an_order_is_changed_but_never_below_what_has_come(session, pharmacist, order, amoxicillin):
    other = a_medicine(session, "Cetirizine 10 mg")
    changed = buying.change(session, pharmacist, order.order_id, [line(amoxicillin, 80), line(other, 5)], SOON)
    assert [(wanted.medicine, wanted.quantity) for wanted in changed.lines] == [
        ("Amoxicillin 500 mg", 80),
        ("Cetirizine 10 mg", 5),
    ]
    buying.receive(session, pharmacist, changed.lines[0].line_id, DELIVERY)

    with pytest.raises(Invalid, match="Amoxicillin 500 mg: 60 have come already"):
        buying.change(session, pharmacist, order.order_id, [line(other, 5)], SOON)

    ended = buying.change(session, pharmacist, order.order_id, [line(amoxicillin, 60)], SOON)
    assert ended.state is PurchaseOrderState.RECEIVED


def test_an_order_is_cancelled_or_once_something_came_closed_short(session, pharmacist, order, apollo, amoxicillin):
    with pytest.raises(NothingCame):
        buying.close_short(session, pharmacist, order.order_id, "no more made")
    cancelled = buying.cancel(session, pharmacist, order.order_id, "too dear")
    assert (cancelled.state, cancelled.end_reason) == (PurchaseOrderState.CANCELLED, "too dear")
    with pytest.raises(OrderOver, match="cancelled already"):
        buying.receive(session, pharmacist, order.lines[0].line_id, DELIVERY)

    again = buying.order(session, pharmacist, apollo, [line(amoxicillin)], SOON)
    buying.receive(session, pharmacist, again.lines[0].line_id, DELIVERY)
    with pytest.raises(SomethingCame):
        buying.cancel(session, pharmacist, again.order_id, "too dear")
    closed = buying.close_short(session, pharmacist, again.order_id, "no more made")

    assert (closed.state, closed.closed_short) == (PurchaseOrderState.RECEIVED, True)
    with pytest.raises(OrderOver, match="is closed already: the rest will not come"):
        buying.receive(session, pharmacist, again.lines[0].line_id, DELIVERY)
    assert [o.number for o in buying.list_orders(session, pharmacist, is_open=False)] == [again.number, order.number]


def test_what_an_order_cannot_hold_is_refused_with_the_medicine_named(session, pharmacist, apollo, amoxicillin):
    def refused(*lines, expected_on=SOON):
        with pytest.raises(Invalid) as refusal:
            buying.order(session, pharmacist, apollo, lines, expected_on)
        return str(refusal.value)

    assert refused() == "An order has 1 to 200 lines."
    assert "Amoxicillin 500 mg: The quantity must be" in refused(line(amoxicillin, 0))
    assert "Amoxicillin 500 mg: The cost has more than two" in refused(line(amoxicillin, cost="1.005"))
    assert "stands in an order once" in refused(line(amoxicillin), line(amoxicillin, 5))
    assert "must be today" in refused(line(amoxicillin), expected_on=date(2025, 2, 28))


def test_nothing_withdrawn_is_ordered(session, pharmacist, apollo, amoxicillin):
    inventory.withdraw(session, pharmacist, amoxicillin.medicine_id)
    with pytest.raises(MedicineWithdrawn):
        buying.order(session, pharmacist, apollo, [line(amoxicillin)], SOON)

    buying.withdraw_supplier(session, pharmacist, apollo)
    with pytest.raises(SupplierWithdrawn):
        buying.order(session, pharmacist, apollo, [line(a_medicine(session, "Cetirizine 10 mg"))], SOON)


def handed_over(session, medicine, quantity, **delivery):
    """A delivery of which so many units went to patients at once (BatchRecord)."""
    batch = a_batch(session, medicine, delivery.pop("of", quantity), **delivery)
    locked = session.get(Batch, batch.batch_id)
    inventory.move(session, an_admin(session), locked, -quantity, MovementReason.DISPENSED)
    session.flush()


def test_what_is_used_is_suggested_before_it_runs_out_and_why(session, pharmacist, apollo, amoxicillin):
    handed_over(session, amoxicillin, 360, of=370, received="2024-11-01", supplier="Apollo")

    (group,) = buying.suggest(session, pharmacist)

    (found,) = group.lines
    assert (group.supplier, group.lead_days) == ("Apollo", 4)
    assert (found.usable, found.quantity, found.unit_cost) == (10, 126, Decimal("3.00"))  # 4 a day for 4 + 30 days
    assert found.why == ("uses 4.0 a day; 10 left for 2 days; delivery takes 4 days; with 126 more it lasts 34 days")
    buying.order(session, pharmacist, apollo, [line(amoxicillin, found.quantity)], SOON)
    assert buying.suggest(session, pharmacist) == []


def test_what_expires_before_it_is_used_is_not_counted_on(session, pharmacist, amoxicillin):
    handed_over(session, amoxicillin, 90, received="2024-11-01", supplier="Apollo")
    a_batch(session, amoxicillin, 50, received="2025-01-01", expires="2025-03-03", supplier="Apollo")

    ((found,),) = (group.lines for group in buying.suggest(session, pharmacist))

    assert (found.usable, found.quantity) == (3, 30)  # today, tomorrow, the day after; 3 days of delivery and 30 more
    assert "47 more expire before they are used" in found.why


def test_what_is_not_used_is_filled_up_to_its_reorder_level(session, pharmacist):
    a_medicine(session, "Adrenaline", reorder_level=5)
    a_batch(session, a_medicine(session, "Atropine", reorder_level=5), 6)

    (group,) = buying.suggest(session, pharmacist)

    assert (group.supplier_id, [(found.medicine, found.quantity) for found in group.lines]) == (
        None,
        [("Adrenaline", 5)],
    )
    assert group.lines[0].why == "none used lately; 0 left; reorder level 5"
