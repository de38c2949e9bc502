"""Two people unpack one delivery: the first has taken the line in but not committed, the second must wait."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from core import buying, db
from core.buying import OrderOver, SupplierDetails
from core.permissions import Role
from tests.core.test_purchase_orders import DELIVERY, SOON, line
from tests.factories import a_medicine, a_user
from tests.races.waiting import tried, wait_until_someone_waits


@pytest.fixture
def ordered(committed):
    """A pharmacist and an order of 100 capsules of each of two medicines."""
    with db.transaction() as session:
        meera = a_user(session, Role.PHARMACIST, "Meera")
        apollo = buying.add_supplier(session, meera, SupplierDetails("Apollo"))
        medicines = [a_medicine(session), a_medicine(session, "Cetirizine 10 mg")]
        return meera, buying.order(session, meera, apollo.supplier_id, [line(m) for m in medicines], SOON)


def received_together(engine, first, second):
    """What the second of two people was told; each is a verb and its arguments."""
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            verb, *arguments = first
            verb(session, *arguments)
            waits = pool.submit(tried, *second)
            wait_until_someone_waits(engine)
        return waits.result(timeout=5)


def now(actor, order):
    with db.transaction() as session:
        return buying.get(session, actor, order.order_id)


def test_both_parts_of_a_line_are_counted_and_the_last_one_ends_the_order(engine, ordered):
    meera, order = ordered
    amoxicillin, cetirizine = (wanted.line_id for wanted in order.lines)
    tried(buying.receive, meera, cetirizine, replace(DELIVERY, number="CTZ", quantity=100))

    rest = replace(DELIVERY, number="AMX-2", quantity=40)
    parts = [(buying.receive, meera, amoxicillin, part) for part in (DELIVERY, rest)]
    received_together(engine, *parts)

    assert [wanted.received for wanted in now(meera, order).lines] == [100, 100]
    assert now(meera, order).ended_on == date(2025, 3, 1)
    assert isinstance(tried(buying.receive, meera, amoxicillin, rest), OrderOver)
