from datetime import date

import pytest

from core import dispensing, inventory
from core.errors import Invalid, NotFound, NotPermitted
from core.inventory import MovementReason
from tests.factories import a_batch, a_medicine, an_invoice


def test_a_bin_card_tells_every_unit_with_its_paper_and_what_was_left(session, pharmacist, frozen_clock):
    frozen_clock(2025, 2, 1)
    medicine = a_medicine(session)
    old = a_batch(session, medicine, 10, number="OLD")
    frozen_clock(2025, 3, 1)
    a_batch(session, medicine, 20, number="NEW")
    bill = an_invoice(session, (medicine, 12), paid=True)
    dispensing.dispense(session, pharmacist, bill.invoice_id)
    inventory.write_off(session, pharmacist, a_batch(session, a_medicine(session, "Zinc"), 5).batch_id, 1, "Lost")
    frozen_clock(2025, 3, 2)
    inventory.adjust(session, pharmacist, old.batch_id, 1, "Found")

    card = inventory.bin_card(session, pharmacist, medicine.medicine_id, date(2025, 3, 1), date(2025, 3, 1))

    assert (card.opening, card.came, card.went, card.closing) == (10, 20, 12, 18)
    assert [(line.batch_number, line.change, line.left, line.left_in_batch) for line in card.lines] == [
        ("NEW", 20, 30, 20),
        ("OLD", -10, 20, 0),
        ("NEW", -2, 18, 18),
    ]
    assert card.lines[1].reference == bill.number
    assert (card.lines[1].reason, card.lines[1].moved_by) == (MovementReason.DISPENSED, pharmacist.name)


def test_a_day_without_movements_closes_as_it_opened(session, pharmacist, frozen_clock):
    medicine = a_medicine(session)
    a_batch(session, medicine, 10)
    frozen_clock(2025, 3, 2)

    card = inventory.bin_card(session, pharmacist, medicine.medicine_id, date(2025, 3, 2), date(2025, 3, 2))

    assert (card.opening, card.lines, card.closing) == (10, (), 10)


def test_a_bin_card_is_of_a_medicine_and_of_days_the_right_way_round(session, pharmacist, receptionist):
    medicine, day = a_medicine(session), date(2025, 3, 1)

    with pytest.raises(NotFound):
        inventory.bin_card(session, pharmacist, 10**9, day, day)
    with pytest.raises(Invalid, match="cannot be after the last"):
        inventory.bin_card(session, pharmacist, medicine.medicine_id, day, date(2025, 2, 1))
    with pytest.raises(NotPermitted):
        inventory.bin_card(session, receptionist, medicine.medicine_id, day, day)
