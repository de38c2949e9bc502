"""People count and post while the counter is at work."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from core import db, dispensing
from core.inventory import stock_takes
from core.models import Batch
from core.permissions import Role
from tests.factories import a_batch, a_medicine, a_user, an_invoice
from tests.races.waiting import tried, wait_until_someone_waits


@pytest.fixture
def pharmacy(committed):
    """A pharmacist, a batch of ten capsules, a paid bill for four of them and an open stock-take."""
    with db.transaction() as session:
        meera, medicine = a_user(session, Role.PHARMACIST, "Meera"), a_medicine(session)
        batch = a_batch(session, medicine, 10)
        bill = an_invoice(session, (medicine, 4), paid=True)
        take = stock_takes.start(session, meera).summary
    return meera, batch.batch_id, bill.invoice_id, take.stock_take_id


def while_it_is_handed_over(engine, meera, bill_id, verb, *arguments):
    """The counter has handed over and not committed; the other waits for it."""
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            dispensing.dispense(session, meera, bill_id)
            other = pool.submit(tried, verb, meera, *arguments)
            wait_until_someone_waits(engine)
        return other.result(timeout=5)


def on_hand():
    with db.transaction() as session:
        return session.scalars(select(Batch.on_hand)).one()


def test_a_count_is_held_beside_what_the_books_say_after_the_counter_is_done(engine, pharmacy):
    meera, batch_id, bill_id, take_id = pharmacy

    line = while_it_is_handed_over(engine, meera, bill_id, stock_takes.count, take_id, batch_id, 5)

    assert (line.booked, line.counted) == (6, 5)
