"""Two cashiers at one bill, really committed: both ask the API while the bill is held, and one of them is refused."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from time import sleep

import pytest
from sqlalchemy import text
from sqlalchemy.orm import joinedload, selectinload

from core import auth, billing, db
from core.billing import locking
from core.models import Invoice, InvoiceLine, User
from core.permissions import Role
from tests import factories
from tests.api.conftest import Client

ASKED = {"amount": "200.00", "method": "CASH"}
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


@pytest.fixture
def bill(committed):
    """Of 300.00."""
    with db.transaction() as session:
        return factories.an_invoice(session)


@pytest.fixture
def cashiers(committed, web):
    with db.transaction() as session:
        people = [factories.a_user(session, Role.RECEPTION, name) for name in ("Ravi", "Lata")]
        tokens = [auth.open_session(session, session.get_one(User, one.user_id)).token for one in people]
    return [
        Client(web, headers={"authorization": f"Bearer {token}"}, raise_server_exceptions=False) for token in tokens
    ]


def until_waiting(engine, people):
    for _ in range(1000):
        with engine.connect() as connection:
            if connection.scalar(WAITING) >= people:
                return
        sleep(0.01)
    pytest.fail("they did not come to the lock")


def at_once(engine, bill, *calls):
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            billing.locked(session, bill.invoice_id)
            asked = [pool.submit(call) for call in calls]
            until_waiting(engine, len(calls))
        return [one.result(timeout=10) for one in asked]


def taken(bill):
    with db.reading() as session:
        payments = billing.get(session, factories.an_admin(session), bill.invoice_id).payments
    return sum(payment.amount for payment in payments)


def test_two_at_once_cannot_overpay_and_one_who_sends_twice_pays_once(engine, bill, cashiers):
    ravi, lata = cashiers
    at = f"/api/billing/{bill.invoice_id}/pay"

    answers = at_once(engine, bill, *(lambda who=who: who.post(at, json=ASKED) for who in cashiers))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused["detail"] == f"Only 100.00 is due for bill {bill.number}: 200.00 is too much."
    assert taken(bill) == Decimal("200.00")

    part, key = {**ASKED, "amount": "40.00"}, {"idempotency-key": "one"}
    twice = at_once(engine, bill, *[lambda: lata.post(at, json=part, headers=key)] * 2)
    assert [answer.json()["paid"] for answer in twice] == ["240.00"] * 2
    assert ravi.get(f"/api/billing/{bill.invoice_id}").json()["due"] == "60.00"


def test_without_the_lock_the_database_stands_behind_and_nobody_gets_a_sentence(engine, bill, cashiers, monkeypatch):
    """The control: what the test above sees when nobody locks."""
    with_lines = [joinedload(Invoice.patient), selectinload(Invoice.lines).joinedload(InvoiceLine.medicine)]
    unlocked = lambda session, invoice_id: session.get_one(Invoice, invoice_id, options=with_lines)  # noqa: E731
    monkeypatch.setattr(locking, "locked", unlocked)
    at = f"/api/billing/{bill.invoice_id}/pay"

    answers = at_once(engine, bill, *(lambda who=who: who.post(at, json=ASKED) for who in cashiers))
    assert sorted(answer.status_code for answer in answers) == [200, 500]
    assert taken(bill) == Decimal("200.00")
