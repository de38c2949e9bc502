"""What the shelves were worth, now and at any moment before."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core import clock, inventory
from core.errors import Invalid, NotPermitted
from core.models import Batch, Medicine
from tests.factories import a_batch, a_medicine
from tests.statements import count_statements


def test_the_value_now_is_what_is_on_hand_at_cost(session, pharmacist, frozen_clock):
    medicine = a_medicine(session)
    a_batch(session, medicine, 10, unit_cost="3.25")
    recalled = a_batch(session, medicine, 4, unit_cost="2.00")
    inventory.block(session, pharmacist, recalled.batch_id, "Recalled")
    a_batch(session, medicine, 5, unit_cost="1.00", expires="2025-03-01")
    frozen_clock(2025, 3, 2)

    value = inventory.valuation(session, pharmacist)

    (valued,) = value.medicines
    (level,) = inventory.stock_on_hand(session, pharmacist)
    assert (valued.in_date, valued.expired) == (level.on_hand + level.blocked, level.expired)
    assert (valued.in_date_cost, valued.expired_cost) == (level.value + Decimal("8.00"), Decimal("5.00"))
    assert (value.cost, value.in_date_cost, value.expired_cost) == (Decimal("45.50"), Decimal("40.50"), Decimal("5.00"))


def test_what_expires_later_was_still_in_date_then(session, pharmacist, frozen_clock):
    a_batch(session, a_medicine(session), 5, expires="2025-03-01")
    then = clock.now()
    frozen_clock(2025, 3, 2)

    assert inventory.valuation(session, pharmacist, then).expired_cost == 0
    assert inventory.valuation(session, pharmacist).expired_cost == Decimal("15.00")
    assert inventory.valuation(session, pharmacist, then - timedelta(seconds=1)).medicines == ()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["receive", "lose", "correct"]), st.integers(0, 2), st.integers(1, 9)), min_size=3
    )
)
def test_the_value_as_of_any_moment_is_what_was_on_hand_then(session, pharmacist, frozen_clock, steps):
    with session.begin_nested() as history:
        medicines = [a_medicine(session, f"Medicine {number}") for number in range(3)]
        batches, seen = [], []
        for minute, (step, which, units) in enumerate(steps):
            frozen_clock(2025, 3, 1 + minute // 60, 10, minute % 60)
            if step == "receive" or not batches:
                batches.append(a_batch(session, medicines[which], units, unit_cost=f"{which + 1}.{units}0"))
            else:
                batch = batches[which % len(batches)].batch_id
                left = session.scalar(select(Batch.on_hand).where(Batch.id == batch))
                change = -min(units, left) if step == "lose" else units
                if change:
                    inventory.adjust(session, pharmacist, batch, change, "Counted")
            seen.append((clock.now(), shelves(session)))

        for moment, on_hand in seen:
            value = inventory.valuation(session, pharmacist, moment)
            assert {each.name: (each.units, each.cost) for each in value.medicines} == on_hand
        history.rollback()


def shelves(session):
    """Units and their cost by medicine, as the batches have them."""
    rows = session.execute(
        select(Medicine.name, func.sum(Batch.on_hand), func.sum(Batch.on_hand * Batch.unit_cost))
        .join(Batch, Batch.medicine_id == Medicine.id)
        .where(Batch.on_hand > 0)
        .group_by(Medicine.name)
    )
    return {name: (units, cost) for name, units, cost in rows}


def test_it_takes_one_statement_and_no_moment_to_come(session, pharmacist, receptionist):
    a_batch(session, a_medicine(session), 5)

    assert count_statements(session, lambda: inventory.valuation(session, pharmacist)) == 1
    with pytest.raises(Invalid, match="still to come"):
        inventory.valuation(session, pharmacist, datetime(2030, 1, 1, tzinfo=UTC))
    with pytest.raises(NotPermitted):
        inventory.valuation(session, receptionist)
