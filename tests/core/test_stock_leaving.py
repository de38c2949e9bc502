"""What leaves the shelf without a patient."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core import inventory
from core.errors import Invalid, NotPermitted
from core.inventory import HasExpired, IsBlocked, MovementReason, NoSupplier, NothingExpired, NothingLeft, NotThatMany
from core.models import AuditEvent
from tests.factories import a_batch, a_medicine


@pytest.fixture
def batch(session):
    return a_batch(session, a_medicine(session), 10, number="AMX-1", supplier="Sun Pharma")


def last_movement(session, actor, batch):
    newest, *_ = inventory.movements(session, actor, batch_id=batch.batch_id)
    return newest.reason, newest.change, newest.note


def last_event(session):
    return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()


def test_what_is_broken_is_written_off_with_its_reason(session, pharmacist, batch):
    left = inventory.write_off(session, pharmacist, batch.batch_id, 3, "Damaged: fell from the shelf")

    assert left.on_hand == 7
    told = (MovementReason.WRITTEN_OFF, -3, "Damaged: fell from the shelf")
    assert last_movement(session, pharmacist, batch) == told
    assert last_event(session).event == "batch.written_off"


def test_what_is_handed_on_says_where_it_went(session, pharmacist, batch):
    inventory.transfer_out(session, pharmacist, batch.batch_id, 4, " Branch  at the lake ", "Lent")

    assert last_movement(session, pharmacist, batch) == (
        *(MovementReason.TRANSFERRED, -4),
        "To Branch at the lake: Lent",
    )


def test_what_is_sent_back_names_its_supplier_and_the_credit_to_expect(session, pharmacist, batch):
    inventory.send_back(session, pharmacist, batch.batch_id, 10, "Ordered too many")

    told = (MovementReason.SENT_BACK, -10, "To Sun Pharma: Ordered too many")
    assert last_movement(session, pharmacist, batch) == told
    assert last_event(session).changes["expected_credit"] == [None, "30.00"]
    with pytest.raises(NothingLeft):
        inventory.send_back(session, pharmacist, batch.batch_id, 1, "Another")


def test_who_delivered_is_needed_to_send_something_back(session, pharmacist):
    batch = a_batch(session, a_medicine(session), 10)

    with pytest.raises(NoSupplier, match="not known who delivered"):
        inventory.send_back(session, pharmacist, batch.batch_id, 1, "Recalled")


def test_expired_goods_are_only_written_off_as_expired_or_sent_back(session, pharmacist, batch, frozen_clock):
    frozen_clock(2026, 1, 2)

    with pytest.raises(HasExpired, match="write it off as expired"):
        inventory.write_off(session, pharmacist, batch.batch_id, 1, "Damaged")
    with pytest.raises(HasExpired):
        inventory.transfer_out(session, pharmacist, batch.batch_id, 1, "The branch")
    assert inventory.send_back(session, pharmacist, batch.batch_id, 1, "Expired").on_hand == 9


def test_a_blocked_batch_is_not_handed_on_but_goes_back(session, pharmacist, batch):
    inventory.block(session, pharmacist, batch.batch_id, "Recalled by its maker")

    with pytest.raises(IsBlocked, match="Recalled by its maker"):
        inventory.transfer_out(session, pharmacist, batch.batch_id, 1, "The branch")
    inventory.send_back(session, pharmacist, batch.batch_id, 4, "Recalled")
    assert inventory.write_off(session, pharmacist, batch.batch_id, 6, "Destroyed").on_hand == 0


@pytest.mark.parametrize("quantity", [0, -1, 2.5, Decimal("0.5"), 10**9])
def test_only_whole_units_leave(session, pharmacist, batch, quantity):
    leave = (
        lambda: inventory.write_off(session, pharmacist, batch.batch_id, quantity, ""),
        lambda: inventory.send_back(session, pharmacist, batch.batch_id, quantity, " "),
    )
    for verb in leave:
        with pytest.raises(Invalid) as refusal:
            verb()
        assert set(refusal.value.problems) == {"quantity", "note"}
    with pytest.raises(Invalid, match="Where it goes is missing"):
        inventory.transfer_out(session, pharmacist, batch.batch_id, 1, "")


def test_no_more_leaves_than_there_is(session, pharmacist, batch):
    for leave in (inventory.write_off, inventory.send_back, inventory.transfer_out):
        with pytest.raises(NotThatMany, match="has 10 on hand: 11 cannot"):
            leave(session, pharmacist, batch.batch_id, 11, "Lost")

    assert inventory.batches(session, pharmacist, batch.medicine_id)[0].on_hand == 10


def test_everything_that_expired_is_written_off_at_once(session, pharmacist, batch, frozen_clock):
    other = a_batch(session, a_medicine(session, "Zinc"), 5, expires="2025-03-01", unit_cost="2.00")
    kept = a_batch(session, a_medicine(session, "Aspirin"), 5, expires="2026-01-02")
    with pytest.raises(NothingExpired):
        inventory.write_off_all_expired(session, pharmacist)
    frozen_clock(2026, 1, 2)

    done = inventory.write_off_all_expired(session, pharmacist)

    assert (done.batches, done.units, done.cost) == (2, 15, Decimal("40.00"))
    assert last_movement(session, pharmacist, other) == (MovementReason.EXPIRED, -5, "")
    assert inventory.batches(session, pharmacist, kept.medicine_id)[0].on_hand == 5


def test_only_who_manages_stock_takes_it_off_the_shelf(session, doctor, batch):
    for leave in (inventory.write_off, inventory.send_back, inventory.transfer_out):
        with pytest.raises(NotPermitted):
            leave(session, doctor, batch.batch_id, 1, "Lost")
    with pytest.raises(NotPermitted):
        inventory.write_off_all_expired(session, doctor)
