"""Counting the shelves while work goes on."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import dispensing, inventory
from core.errors import Invalid, NotFound, NotPermitted
from core.inventory import MovementReason, stock_takes
from core.inventory.stock_takes import AlreadyCounting, CountAgain, Counted, NotOpen, StockTakeState, Unexplained
from tests.factories import a_batch, a_medicine, an_invoice


@pytest.fixture
def medicine(session):
    return a_medicine(session)


@pytest.fixture
def batch(session, medicine):
    return a_batch(session, medicine, 10, number="AMX-1")


@pytest.fixture
def take(session, pharmacist):
    return stock_takes.start(session, pharmacist, "everything").summary


def hand_over(session, actor, medicine, units):
    if units:
        dispensing.dispense(session, actor, an_invoice(session, (medicine, units), paid=True).invoice_id)


def on_hand(session, actor, batch):
    return next(b.on_hand for b in inventory.batches(session, actor, batch.medicine_id) if b.batch_id == batch.batch_id)


def test_a_difference_is_posted_with_its_reason_and_the_number_of_the_stock_take(session, pharmacist, batch, take):
    stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, 7, "Lost")

    posted = stock_takes.post(session, pharmacist, take.stock_take_id)

    newest, _ = inventory.movements(session, pharmacist, batch_id=batch.batch_id)
    assert (newest.reason, newest.change, newest.note) == (MovementReason.ADJUSTED, -3, "Lost")
    assert newest.reference == take.number
    assert on_hand(session, pharmacist, batch) == 7
    assert (posted.summary.state, posted.summary.value) == (StockTakeState.POSTED, Decimal("-9.00"))
    assert [line.batch.number for line in posted.differences] == ["AMX-1"]


def test_what_is_handed_over_between_count_and_posting_stays_handed_over(session, pharmacist, medicine, batch, take):
    stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, 8, "Lost")
    hand_over(session, pharmacist, medicine, 5)

    stock_takes.post(session, pharmacist, take.stock_take_id)

    assert on_hand(session, pharmacist, batch) == 3


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.integers(0, 4), counted=st.integers(0, 12), since=st.integers(0, 6))
def test_after_posting_there_is_what_was_counted_less_what_left_since(session, pharmacist, before, counted, since):
    since = min(counted, since)
    with session.begin_nested() as history:
        medicine = a_medicine(session)
        batch = a_batch(session, medicine, 10)
        take = stock_takes.start(session, pharmacist).summary
        hand_over(session, pharmacist, medicine, before)
        stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, counted, "Counted")
        hand_over(session, pharmacist, medicine, since)
        stock_takes.post(session, pharmacist, take.stock_take_id)

        assert on_hand(session, pharmacist, batch) == counted - since
        history.rollback()


def test_a_batch_counted_again_has_the_new_count_and_needs_a_reason_of_its_own(session, pharmacist, batch, take):
    stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, 7, "Lost")
    again = stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, 6)

    assert (again.counted, again.difference, again.reason) == (6, -4, "")
    with pytest.raises(Unexplained, match=r"Amoxicillin 500 mg batch AMX-1 \(-4\)"):
        stock_takes.post(session, pharmacist, take.stock_take_id)
    stock_takes.explain(session, pharmacist, take.stock_take_id, {batch.batch_id: "Damaged"})
    stock_takes.post(session, pharmacist, take.stock_take_id)
    assert on_hand(session, pharmacist, batch) == 6


def test_two_people_count_in_one_stock_take(session, pharmacist, admin, batch, take):
    other = a_batch(session, a_medicine(session, "Zinc"), 5)
    stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, 10)
    stock_takes.count_several(session, admin, take.stock_take_id, [Counted(other.batch_id, 6, "Found")])

    counted = stock_takes.get(session, pharmacist, take.stock_take_id)

    assert [(line.counted_by, line.difference) for line in counted.lines] == [(pharmacist.name, 0), (admin.name, 1)]
    with pytest.raises(AlreadyCounting, match=take.number):
        stock_takes.start(session, admin)


def test_what_was_not_counted_is_listed_and_stays_as_it_is(session, pharmacist, batch, take):
    other = a_batch(session, a_medicine(session, "Zinc"), 5)
    counted = stock_takes.count_several(session, pharmacist, take.stock_take_id, [Counted(batch.batch_id, 10)])

    assert [b.batch_id for b in counted.uncounted] == [other.batch_id]
    stock_takes.post(session, pharmacist, take.stock_take_id)
    assert on_hand(session, pharmacist, other) == 5
    assert len(inventory.movements(session, pharmacist, batch_id=batch.batch_id)) == 1  # no difference, no movement


def test_what_somebody_put_right_meanwhile_is_not_put_right_twice(session, pharmacist, batch, take, frozen_clock):
    stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, 7, "Lost")
    frozen_clock(2025, 3, 2)
    inventory.adjust(session, pharmacist, batch.batch_id, -3, "Counted")

    with pytest.raises(CountAgain, match="AMX-1"):
        stock_takes.post(session, pharmacist, take.stock_take_id)
    assert stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, 7).difference == 0
    stock_takes.post(session, pharmacist, take.stock_take_id)
    assert on_hand(session, pharmacist, batch) == 7


def test_more_handed_over_than_lay_there_asks_for_another_count(session, pharmacist, medicine, batch, take):
    stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, 2, "Lost")
    hand_over(session, pharmacist, medicine, 3)

    with pytest.raises(CountAgain):
        stock_takes.post(session, pharmacist, take.stock_take_id)
    assert on_hand(session, pharmacist, batch) == 7


def test_a_stock_take_that_is_given_up_changes_nothing_and_is_over(session, pharmacist, batch, take):
    stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, 7, "Lost")
    stock_takes.cancel(session, pharmacist, take.stock_take_id)

    assert on_hand(session, pharmacist, batch) == 10
    for verb in (stock_takes.cancel, stock_takes.post):
        with pytest.raises(NotOpen, match="is cancelled"):
            verb(session, pharmacist, take.stock_take_id)
    assert stock_takes.open_one(session, pharmacist) is None
    assert [each.number for each in stock_takes.list_(session, pharmacist)] == [take.number]


def test_what_is_not_in_the_books_is_not_counted(session, pharmacist, take):
    with pytest.raises(NotFound):
        stock_takes.count(session, pharmacist, take.stock_take_id, 10**9, 1)
    with pytest.raises(stock_takes.NothingCounted):
        stock_takes.post(session, pharmacist, take.stock_take_id)


@pytest.mark.parametrize("counted", [-1, 1.5, 10**9])
def test_a_count_is_a_whole_number(session, pharmacist, batch, take, counted):
    with pytest.raises(Invalid, match="The count of batch AMX-1"):
        stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, counted)


def test_a_batch_taken_out_is_uncounted_again(session, pharmacist, batch, take):
    stock_takes.count(session, pharmacist, take.stock_take_id, batch.batch_id, 7)

    left = stock_takes.take_out(session, pharmacist, take.stock_take_id, batch.batch_id)

    assert (left.lines, [b.batch_id for b in left.uncounted]) == ((), [batch.batch_id])


def test_a_doctor_looks_and_does_not_count(session, doctor, batch, take):
    assert stock_takes.open_one(session, doctor).summary.number == take.number
    with pytest.raises(NotPermitted):
        stock_takes.count(session, doctor, take.stock_take_id, batch.batch_id, 7)
