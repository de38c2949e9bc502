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
)
from core.models import AuditEvent, Batch, Medicine, MedicineForm, MovementReason, Supplier
from tests.factories import a_batch, a_medicine, an_admin

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


def test_an_imported_medicine_keeps_the_key_it_had(session):
    inventory.add_medicine(session, an_admin(session), PARACETAMOL, import_key="old-1")

    assert session.scalar(select(Medicine.import_key)) == "old-1"


def test_several_medicines_are_read_at_once_withdrawn_ones_too(session, pharmacist):
    kept, withdrawn = a_medicine(session), a_medicine(session, "Cetirizine 10 mg")
    inventory.withdraw(session, pharmacist, withdrawn.medicine_id)

    found = inventory.get_medicines(session, pharmacist, [kept.medicine_id, withdrawn.medicine_id, 999])

    assert found.keys() == {kept.medicine_id, withdrawn.medicine_id}
    assert found[withdrawn.medicine_id].withdrawn
