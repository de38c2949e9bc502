from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core import inventory
from core.errors import Invalid, NotFound, NotPermitted
from core.inventory import (
    Delivery,
    DuplicateBatch,
    MedicineDetails,
    MedicineExists,
    MedicineWithdrawn,
    NotExpired,
    NothingLeft,
    NotThatMany,
)
from core.models import AuditEvent, Batch, Medicine, MedicineForm, MovementReason, StockMovement, StockOrder, Supplier
from tests.factories import a_batch, a_medicine, an_admin
from tests.statements import count_statements

PARACETAMOL = MedicineDetails(
    "Paracetamol 500 mg", MedicineForm.TABLET, "tablet", Decimal("1.20"), generic="Paracetamol"
)
TODAY = date(2025, 3, 1)


def a_delivery(**changes):
    return replace(Delivery("B1", 100, date(2026, 1, 1), Decimal("0.80")), **changes)


def last_event(session):
    return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()


def test_a_new_medicine_is_on_the_list_with_nothing_in_stock(session, pharmacist):
    added = inventory.add_medicine(session, pharmacist, PARACETAMOL)

    assert inventory.list_medicines(session, pharmacist) == [added]
    assert (added.name, added.on_hand, added.withdrawn) == ("Paracetamol 500 mg", 0, False)


def test_a_medicine_is_on_the_list_once_whatever_its_letters(session, pharmacist):
    inventory.add_medicine(session, pharmacist, PARACETAMOL)

    with pytest.raises(MedicineExists, match="PARACETAMOL 500 MG is already in the list"):
        inventory.add_medicine(session, pharmacist, replace(PARACETAMOL, name=" PARACETAMOL  500 MG "))


def test_everything_wrong_with_a_medicine_is_told_at_once(session, pharmacist):
    wrong = MedicineDetails(
        " ", MedicineForm.TABLET, "", Decimal("-1"), pack_size=0, reorder_level=-1, tax_percent=Decimal("101")
    )

    with pytest.raises(Invalid) as refusal:
        inventory.add_medicine(session, pharmacist, wrong)

    assert set(refusal.value.problems) == {"name", "unit", "price", "pack_size", "reorder_level", "tax_percent"}
    assert session.scalar(select(func.count()).select_from(Medicine)) == 0


@pytest.mark.parametrize("price", ["NaN", "Infinity", "1.005", "10000000"])
def test_an_impossible_price_is_refused(session, pharmacist, price):
    with pytest.raises(Invalid, match="The price"):
        inventory.add_medicine(session, pharmacist, replace(PARACETAMOL, price=Decimal(price)))


def test_a_changed_medicine_keeps_its_stock_and_the_trail_names_the_price(session, pharmacist):
    medicine = inventory.add_medicine(session, pharmacist, PARACETAMOL)
    a_batch(session, medicine, 10)

    changed = inventory.change_medicine(
        session, pharmacist, medicine.medicine_id, replace(PARACETAMOL, price=Decimal("1.50"))
    )

    assert (changed.price, changed.on_hand) == (Decimal("1.50"), 10)
    assert last_event(session).changes == {"price": ["1.20", "1.50"]}


def test_a_medicine_is_not_renamed_to_another_one(session, pharmacist):
    a_medicine(session, "Ibuprofen 200 mg")
    medicine = inventory.add_medicine(session, pharmacist, PARACETAMOL)

    with pytest.raises(MedicineExists):
        inventory.change_medicine(
            session, pharmacist, medicine.medicine_id, replace(PARACETAMOL, name="Ibuprofen 200 MG")
        )


def test_a_withdrawn_medicine_is_not_found_changed_or_received_until_it_is_back(session, pharmacist):
    medicine = inventory.add_medicine(session, pharmacist, PARACETAMOL)
    inventory.withdraw(session, pharmacist, medicine.medicine_id)

    assert inventory.search_medicines(session, pharmacist, "para") == []
    assert [m.name for m in inventory.list_medicines(session, pharmacist, withdrawn=True)] == [medicine.name]
    with pytest.raises(MedicineWithdrawn):
        inventory.change_medicine(session, pharmacist, medicine.medicine_id, PARACETAMOL)
    with pytest.raises(MedicineWithdrawn):
        inventory.withdraw(session, pharmacist, medicine.medicine_id)
    with pytest.raises(MedicineWithdrawn):
        inventory.receive(session, pharmacist, medicine.medicine_id, a_delivery())

    inventory.reinstate(session, pharmacist, medicine.medicine_id)
    assert inventory.search_medicines(session, pharmacist, "para") == [medicine]


@pytest.mark.parametrize("term", ["para", "500 PARA", "acetaminophen", "650", "", "cetam"])
def test_any_part_of_name_generic_or_strength_finds_a_medicine(session, pharmacist, term):
    details = replace(PARACETAMOL, generic="Acetaminophen", strength="650 mg")
    medicine = inventory.add_medicine(session, pharmacist, details)

    assert inventory.search_medicines(session, pharmacist, term) == [medicine]


@pytest.mark.parametrize("term", ["%", "_", "zzz", "'; drop table medicines; --"])
def test_what_matches_no_medicine_finds_none(session, pharmacist, term):
    inventory.add_medicine(session, pharmacist, PARACETAMOL)

    assert inventory.search_medicines(session, pharmacist, term) == []


def test_names_that_start_with_the_term_come_first(session, pharmacist):
    names = ["Amoxicillin and Paracetamol", "Paracetamol 500 mg", "Paracetamol 650 mg"]
    for name in names:
        a_medicine(session, name)

    found = inventory.search_medicines(session, pharmacist, "paracetamol")

    assert [m.name for m in found] == [*names[1:], names[0]]


def test_a_delivery_becomes_a_batch_with_a_movement(session, pharmacist):
    medicine = inventory.add_medicine(session, pharmacist, PARACETAMOL)

    batch = inventory.receive(session, pharmacist, medicine.medicine_id, a_delivery(supplier="Sun Pharma"))

    assert inventory.batches(session, pharmacist, medicine.medicine_id) == [batch]
    assert (batch.on_hand, batch.received_on, batch.supplier) == (100, TODAY, "Sun Pharma")
    (movement,) = inventory.movements(session, pharmacist, batch_id=batch.batch_id)
    assert (movement.reason, movement.change, movement.on_hand_after, movement.moved_by) == (
        MovementReason.RECEIVED,
        100,
        100,
        "Meera",
    )
    assert last_event(session).event == "batch.received"


def test_a_supplier_is_known_again_by_name(session, pharmacist):
    medicine = inventory.add_medicine(session, pharmacist, PARACETAMOL)
    for number, supplier in (("B1", "Sun Pharma"), ("B2", " SUN  pharma ")):
        inventory.receive(session, pharmacist, medicine.medicine_id, a_delivery(number=number, supplier=supplier))

    assert session.scalars(select(Supplier.name)).all() == ["Sun Pharma"]


@pytest.mark.parametrize("supplier", ["", "Sun Pharma"])
def test_a_batch_number_is_received_once_from_a_supplier(session, pharmacist, supplier):
    medicine = inventory.add_medicine(session, pharmacist, PARACETAMOL)
    inventory.receive(session, pharmacist, medicine.medicine_id, a_delivery(supplier=supplier))

    with pytest.raises(DuplicateBatch, match="Batch B1 of Paracetamol 500 mg has already been received"):
        inventory.receive(session, pharmacist, medicine.medicine_id, a_delivery(supplier=supplier.upper()))


def test_two_suppliers_may_use_the_same_batch_number(session, pharmacist):
    medicine = inventory.add_medicine(session, pharmacist, PARACETAMOL)

    for supplier in ("", "Sun Pharma", "Cipla"):
        inventory.receive(session, pharmacist, medicine.medicine_id, a_delivery(supplier=supplier))

    assert len(inventory.batches(session, pharmacist, medicine.medicine_id)) == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "  "),
        ("quantity", 0),
        ("quantity", -5),
        ("quantity", 10**19),
        ("expires_on", date(2025, 2, 28)),
        ("unit_cost", Decimal("-0.01")),
        ("unit_cost", Decimal("0.001")),
        ("unit_cost", Decimal("NaN")),
        ("received_on", date(2025, 3, 2)),
        ("supplier", "x" * 201),
    ],
)
def test_a_delivery_that_cannot_be_is_refused(session, pharmacist, field, value):
    medicine = inventory.add_medicine(session, pharmacist, PARACETAMOL)

    with pytest.raises(Invalid) as refusal:
        inventory.receive(session, pharmacist, medicine.medicine_id, a_delivery(**{field: value}))

    assert set(refusal.value.problems) == {field}
    assert session.scalar(select(func.count()).select_from(Batch)) == 0


def test_a_batch_that_expires_today_is_still_taken_in(session, pharmacist):
    medicine = inventory.add_medicine(session, pharmacist, PARACETAMOL)

    assert inventory.receive(session, pharmacist, medicine.medicine_id, a_delivery(expires_on=TODAY)).on_hand == 100


def test_an_unknown_medicine_or_batch_is_refused(session, pharmacist):
    with pytest.raises(NotFound, match="There is no medicine 999"):
        inventory.receive(session, pharmacist, 999, a_delivery())
    with pytest.raises(NotFound, match="There is no batch 999"):
        inventory.adjust(session, pharmacist, 999, 1, "Counted")


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


@pytest.mark.parametrize(("change", "note", "field"), [(0, "Counted", "change"), (-1, "  ", "note")])
def test_a_correction_changes_something_and_says_why(session, pharmacist, change, note, field):
    batch = a_batch(session, a_medicine(session), 10)

    with pytest.raises(Invalid) as refusal:
        inventory.adjust(session, pharmacist, batch.batch_id, change, note)

    assert set(refusal.value.problems) == {field}


def test_expired_stock_is_written_off_once_the_printed_day_is_over(session, pharmacist, frozen_clock):
    batch = a_batch(session, a_medicine(session), 10, expires="2025-03-01")

    with pytest.raises(NotExpired, match="through 2025-03-01"):
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
    session.get(Batch, recalled.batch_id).blocked_at = func.now()
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


def test_only_the_pharmacy_changes_stock(session, doctor):
    medicine = a_medicine(session)
    batch = a_batch(session, medicine, 10)
    refused = [
        lambda: inventory.add_medicine(session, doctor, PARACETAMOL),
        lambda: inventory.receive(session, doctor, medicine.medicine_id, a_delivery()),
        lambda: inventory.adjust(session, doctor, batch.batch_id, 1, "Counted"),
        lambda: inventory.write_off_expired(session, doctor, batch.batch_id),
        lambda: inventory.withdraw(session, doctor, medicine.medicine_id),
    ]
    for step in refused:
        with pytest.raises(NotPermitted, match="may not manage stock"):
            step()


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

    assert count_statements(session, look) == one == 4


def test_an_imported_medicine_keeps_the_key_it_had(session):
    inventory.add_medicine(session, an_admin(session), PARACETAMOL, import_key="old-1")

    assert session.scalar(select(Medicine.import_key)) == "old-1"
