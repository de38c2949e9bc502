"""Two pharmacists at the same moment: the first has handed over but not committed, the second must wait at a lock."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from core import db, dispensing, inventory
from core.errors import ClinicError
from core.models import Batch
from core.permissions import Role
from tests.factories import a_batch, a_medicine, a_user, an_invoice
from tests.races.waiting import wait_until_someone_waits


@pytest.fixture
def pharmacy(committed):
    """A pharmacist and ten capsules."""
    with db.transaction() as session:
        meera, amoxicillin = a_user(session, Role.PHARMACIST, "Meera"), a_medicine(session)
        a_batch(session, amoxicillin, 10)
    return meera, amoxicillin


def paid_invoice(*medicines):
    with db.transaction() as session:
        return an_invoice(session, *medicines, paid=True).invoice_id


def outcome(actor, invoice_id):
    try:
        with db.transaction() as session:
            dispensing.dispense(session, actor, invoice_id)
    except ClinicError as refusal:
        return str(refusal)
    return "handed over"


def dispense_together(engine, actor, first_id, second_id):
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            dispensing.dispense(session, actor, first_id)
            second = pool.submit(outcome, actor, second_id)
            wait_until_someone_waits(engine)
        return second.result(timeout=5)


def left_on_hand():
    with db.transaction() as session:
        return session.scalars(select(Batch.on_hand).order_by(Batch.id)).all()


def test_the_last_capsules_are_promised_once(engine, pharmacy):
    meera, amoxicillin = pharmacy
    first, other = paid_invoice((amoxicillin, 6)), paid_invoice((amoxicillin, 6))

    assert dispense_together(engine, meera, first, other) == ("Not enough stock: Amoxicillin 500 mg (need 6, have 4).")
    assert left_on_hand() == [4]


def test_two_bills_that_name_the_same_medicines_in_opposite_order_do_not_deadlock(engine, pharmacy):
    meera, amoxicillin = pharmacy
    with db.transaction() as session:
        zinc = a_medicine(session, "Zinc")
        a_batch(session, zinc, 10)
    one, other = paid_invoice((amoxicillin, 5), (zinc, 5)), paid_invoice((zinc, 5), (amoxicillin, 5))

    assert dispense_together(engine, meera, one, other) == "handed over"
    assert left_on_hand() == [0, 0]


def test_a_count_waits_for_the_counter_and_never_goes_below_zero(engine, pharmacy):
    meera, amoxicillin = pharmacy
    invoice_id = paid_invoice((amoxicillin, 6))

    def count_down():
        try:
            with db.transaction() as session:
                (batch,) = inventory.batches(session, meera, amoxicillin.medicine_id)
                inventory.adjust(session, meera, batch.batch_id, -6, "Counted")
        except ClinicError as refusal:
            return str(refusal)
        return "counted"

    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            dispensing.dispense(session, meera, invoice_id)
            second = pool.submit(count_down)
            wait_until_someone_waits(engine)
        assert second.result(timeout=5).endswith("has 4 on hand: 6 cannot be taken from it.")
    assert left_on_hand() == [4]


def test_stock_seen_earlier_is_read_again_under_the_lock(pharmacy):
    meera, amoxicillin = pharmacy
    slow_invoice, quick_invoice = paid_invoice((amoxicillin, 6)), paid_invoice((amoxicillin, 6))

    with db.transaction() as slow:
        seen = slow.scalars(select(Batch)).all()
        assert outcome(meera, quick_invoice) == "handed over"
        with pytest.raises(dispensing.OutOfStock, match="need 6, have 4"):
            dispensing.dispense(slow, meera, slow_invoice)

    assert [batch.on_hand for batch in seen] == [4]
