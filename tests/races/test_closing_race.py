"""A drawer is closed while money moves: the payment in flight is in the count, or it is refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from core import billing, db, drawers
from core.drawers import Close, Count, MoneyMoved
from core.models import PaymentMethod
from core.permissions import Role
from tests.factories import a_user, an_invoice
from tests.races.waiting import tried, wait_until_someone_waits

TODAY = date(2025, 3, 1)
HUNDRED = Decimal(100)


@pytest.fixture
def cashier(committed):
    with db.transaction() as session:
        return a_user(session, Role.RECEPTION, "Ravi")


def paying(cashier):
    with db.transaction() as session:
        bill = an_invoice(session, price="100.00").invoice_id
    return billing.pay, cashier, bill, HUNDRED, PaymentMethod.CASH


def closing(cashier, hundreds):
    count = Count({HUNDRED: hundreds}, Decimal(0), HUNDRED * hundreds)
    return drawers.close, cashier, cashier.user_id, TODAY, count


def meanwhile(engine, first, second):
    """What became of `second`, started while `first` holds its locks."""
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            first[0](session, *first[1:])
            waiting = pool.submit(tried, *second)
            wait_until_someone_waits(engine)
        return waiting.result(timeout=5)


def test_a_payment_in_flight_is_waited_for_and_the_count_made_before_it_is_refused(engine, cashier):
    refusal = meanwhile(engine, paying(cashier), closing(cashier, 0))

    assert isinstance(refusal, MoneyMoved)
    assert refusal.expected == HUNDRED
    assert isinstance(tried(*closing(cashier, 1)), Close)


def test_two_cashiers_take_money_at_once_without_waiting_for_each_other(engine, cashier):
    with db.transaction() as session:
        other = a_user(session, Role.RECEPTION, "Mira")
    first, second = paying(cashier), paying(other)

    with db.transaction() as session:
        first[0](session, *first[1:])
        assert tried(*second).paid == HUNDRED
