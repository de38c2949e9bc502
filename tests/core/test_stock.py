from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core import dispensing, inventory
from core.errors import Invalid, NotPermitted
from core.inventory import (
    MedicineDetails,
    NotExpired,
    NothingLeft,
    NotThatMany,
    StockState,
)
from core.models import AuditEvent, Batch, MedicineForm, StockMovement, StockOrder
from tests.factories import a_batch, a_medicine, an_admin, an_invoice
from tests.statements import count_statements

PARACETAMOL = MedicineDetails(
    "Paracetamol 500 mg", MedicineForm.TABLET, "tablet", Decimal("1.20"), generic="Paracetamol"
)
TODAY = date(2025, 3, 1)


def last_event(session):
    return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()


def hand_over(session, medicine, units):
    dispensing.dispense(session, an_admin(session), an_invoice(session, (medicine, units), paid=True).invoice_id)


def test_a_count_corrects_a_batch_in_either_direction(session, pharmacist):
    batch = a_batch(session, a_medicine(session), 10)

    assert inventory.adjust(session, pharmacist, batch.batch_id, -3, "Broken strip").on_hand == 7
    assert inventory.adjust(session, pharmacist, batch.batch_id, 1, "Found one").on_hand == 8
    assert last_event(session).changes == {"on_hand": [7, 8], "note": [None, "Found one"]}


def test_a_batch_never_goes_below_zero(session, pharmacist):
    batch = a_batch(session, a_medicine(session), 10)

    with pytest.raises(NotThatMany, match="has 10 on hand: 11 cannot be taken") as refusal:
        inventory.adjust(session, pharmacist, batch.batch_id, -11, "Counted")

    assert refusal.value.on_hand == 10


@pytest.mark.parametrize(
    ("change", "note", "field"), [(0, "Counted", "change"), (True, "Counted", "change"), (-1, "  ", "note")]
)
def test_a_correction_changes_something_and_says_why(session, pharmacist, change, note, field):
    batch = a_batch(session, a_medicine(session), 10)

    with pytest.raises(Invalid) as refusal:
        inventory.adjust(session, pharmacist, batch.batch_id, change, note)

    assert set(refusal.value.problems) == {field}


def test_expired_stock_is_written_off_once_the_printed_day_is_over(session, pharmacist, frozen_clock):
    batch = a_batch(session, a_medicine(session), 10, expires="2025-03-01")

    with pytest.raises(NotExpired, match="through 1 Mar 2025"):
        inventory.write_off_expired(session, pharmacist, batch.batch_id)
    frozen_clock(2025, 3, 2)
    assert inventory.write_off_expired(session, pharmacist, batch.batch_id).on_hand == 0
    with pytest.raises(NothingLeft):
        inventory.write_off_expired(session, pharmacist, batch.batch_id)


def test_movements_are_listed_newest_first_and_add_up_to_what_is_on_hand(session, pharmacist):
    medicine = a_medicine(session)
    batch, other = a_batch(session, medicine, 10), a_batch(session, medicine, 5)
    inventory.adjust(session, pharmacist, batch.batch_id, -4, "Counted")

    of_batch = inventory.movements(session, pharmacist, batch_id=batch.batch_id)
    of_medicine = inventory.movements(session, pharmacist, medicine_id=medicine.medicine_id)

    assert [(m.change, m.on_hand_after) for m in of_batch] == [(-4, 6), (10, 10)]
    assert [m.batch_number for m in of_medicine] == [batch.number, other.number, batch.number]
    assert session.scalar(select(func.sum(StockMovement.change))) == session.scalar(select(func.sum(Batch.on_hand)))


def test_expired_and_blocked_stock_is_not_stock(session, pharmacist, frozen_clock):
    medicine = a_medicine(session, reorder_level=5)
    frozen_clock(2025, 1, 15)
    a_batch(session, medicine, 30, expires="2025-02-28")
    a_batch(session, medicine, 20)
    recalled = a_batch(session, medicine, 40)
    inventory.block(session, pharmacist, recalled.batch_id, "Recalled by its maker")
    frozen_clock()

    (level,) = inventory.stock_on_hand(session, pharmacist)

    assert (level.on_hand, level.expired, level.blocked, level.value) == (20, 30, 40, Decimal("60.00"))
    assert inventory.list_medicines(session, pharmacist)[0].on_hand == 20


def test_a_sold_out_medicine_is_the_lowest_of_all(session, pharmacist):
    sold_out = a_medicine(session, "Cetirizine 10 mg", reorder_level=0)
    low, plenty = a_medicine(session, "Aspirin", reorder_level=20), a_medicine(session, "Zinc", reorder_level=20)
    at_level = a_medicine(session, "Bisacodyl", reorder_level=20)
    for medicine, quantity in ((low, 3), (at_level, 20), (plenty, 21)):
        a_batch(session, medicine, quantity)

    listed = inventory.low_stock(session, pharmacist)

    assert [level.medicine_id for level in listed] == [m.medicine_id for m in (sold_out, low, at_level)]


def test_what_is_used_up_before_an_order_arrives_runs_out_above_its_reorder_level(session, pharmacist, frozen_clock):
    frozen_clock(2024, 6, 1)
    medicine = a_medicine(session, reorder_level=2)
    a_batch(session, medicine, 120, received="2024-06-01", supplier="Sun Pharma")  # an order takes 3 days
    frozen_clock(2025, 3, 1)

    hand_over(session, medicine, 90)
    (level,) = inventory.stock_on_hand(session, pharmacist)
    assert (level.pace.used, level.pace.lead_days, level.days_of_cover) == (90, 3, 30)
    assert (level.state, inventory.low_stock(session, pharmacist)) == (StockState.ENOUGH, [])

    hand_over(session, medicine, 26)
    (level,) = inventory.low_stock(session, pharmacist)
    assert (level.on_hand, level.days_of_cover, level.state) == (4, 3, StockState.RUNNING_OUT)


def test_a_new_medicine_lasts_by_the_days_it_has_been_there(session, pharmacist, frozen_clock):
    medicine = a_medicine(session)
    a_batch(session, medicine, 100, received="2025-02-20")  # ten days with today
    hand_over(session, medicine, 50)

    (level,) = inventory.stock_on_hand(session, pharmacist)

    assert (level.pace.days, level.days_of_cover) == (10, 10)
    frozen_clock(2025, 8, 1)
    (level,) = inventory.stock_on_hand(session, pharmacist)
    assert (level.pace.used, level.days_of_cover) == (0, None)


def test_what_will_be_used_in_time_is_not_at_risk(session, pharmacist):
    medicine = a_medicine(session)
    a_batch(session, medicine, 90, received="2024-06-01", expires="2025-03-10", number="SOON")  # one a day
    hand_over(session, medicine, 60)
    a_batch(session, medicine, 40, received="2024-06-02", expires="2025-03-20", number="LATER")

    listed = inventory.expiring(session, pharmacist, 30)

    # 60 in 90 days: ten days use 7 of the first 30, ten more days another 7.
    assert [(each.batch.number, each.unused) for each in listed] == [("SOON", 24), ("LATER", 34)]
    assert listed[0].at_risk == Decimal("72.00")


def test_what_expired_overnight_makes_a_medicine_low(session, pharmacist, frozen_clock):
    medicine = a_medicine(session, reorder_level=10)
    a_batch(session, medicine, 500, expires="2025-03-01")

    assert inventory.low_stock(session, pharmacist) == []
    frozen_clock(2025, 3, 2)
    assert [level.on_hand for level in inventory.low_stock(session, pharmacist)] == [0]


def test_a_withdrawn_medicine_is_not_reordered_but_counted_while_some_is_left(session, pharmacist):
    empty, left = a_medicine(session, "Aspirin"), a_medicine(session, "Bisacodyl", reorder_level=100)
    a_batch(session, left, 3)
    for medicine in (empty, left):
        inventory.withdraw(session, pharmacist, medicine.medicine_id)

    assert inventory.low_stock(session, pharmacist) == []
    assert [level.name for level in inventory.stock_on_hand(session, pharmacist)] == ["Bisacodyl"]


def test_what_expires_soon_is_listed_with_the_money_at_risk(session, pharmacist):
    medicine = a_medicine(session)
    a_batch(session, medicine, 10, expires="2025-06-01")
    soon = a_batch(session, medicine, 10, expires="2025-03-31")
    a_batch(session, medicine, 4, expires="2025-03-01", unit_cost="2.50")

    listed = inventory.expiring(session, pharmacist, 30)

    assert [(e.days_left, e.at_risk) for e in listed] == [(0, Decimal("10.00")), (30, Decimal("30.00"))]
    assert listed[1].batch == soon


@pytest.mark.parametrize("days", [-1, 10**9])
def test_expiry_is_asked_for_a_sensible_time(session, pharmacist, days):
    with pytest.raises(Invalid):
        inventory.expiring(session, pharmacist, days)


@pytest.mark.parametrize(
    ("order", "expected"), [(StockOrder.FIFO, [("old", 4), ("new", 2)]), (StockOrder.FEFO, [("new", 5), ("old", 1)])]
)
def test_batches_leave_by_delivery_or_by_expiry_as_the_clinic_sets(order, expected):
    old = Batch(id=1, number="old", received_on=date(2025, 1, 1), expires_on=date(2027, 1, 1), on_hand=4)
    new = Batch(id=2, number="new", received_on=date(2025, 2, 1), expires_on=date(2026, 1, 1), on_hand=5)

    picks = inventory.plan([new, old], 6, order)

    assert [(pick.batch.number, pick.quantity) for pick in picks] == expected


def test_a_plan_gives_what_there_is_when_it_is_not_enough():
    batch = Batch(id=1, received_on=TODAY, expires_on=TODAY, on_hand=4)

    assert sum(pick.quantity for pick in inventory.plan([batch], 6, StockOrder.FIFO)) == 4
    assert inventory.plan([], 6, StockOrder.FIFO) == []


def test_a_doctor_sees_stock_and_reception_does_not(session, doctor, receptionist):
    assert inventory.stock_on_hand(session, doctor) == []
    with pytest.raises(NotPermitted):
        inventory.stock_on_hand(session, receptionist)


def test_the_lists_take_as_many_statements_for_many_medicines_as_for_one(session, pharmacist):
    def look():
        inventory.search_medicines(session, pharmacist, "")
        inventory.stock_on_hand(session, pharmacist)
        inventory.expiring(session, pharmacist, 3650)
        inventory.movements(session, pharmacist)

    a_batch(session, a_medicine(session), 1)
    one = count_statements(session, look)
    for number in range(5):
        a_batch(session, a_medicine(session, f"Medicine {number}"), 1)

    assert count_statements(session, look) == one == 5
