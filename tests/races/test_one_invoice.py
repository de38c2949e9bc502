"""Two cashiers at the same moment: the first has not committed, the second must wait at a lock."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import billing, db
from core.errors import ClinicError
from core.models import Invoice, PaymentMethod
from core.permissions import Role
from tests.factories import a_completed_visit, a_user, an_invoice
from tests.races.waiting import wait_until_someone_waits

CASH = PaymentMethod.CASH


@pytest.fixture
def cashier(committed):
    with db.transaction() as session:
        return a_user(session, Role.RECEPTION, "Ravi")


@pytest.fixture
def visit_id(committed):
    with db.transaction() as session:
        return a_completed_visit(session, a_user(session, Role.DOCTOR, "Dr Sen")).visit_id


def bill(cashier, amount="300.00"):
    with db.transaction() as session:
        return an_invoice(session, price=amount).invoice_id


def outcome(verb, *args):
    """The number of the bill, or the kind of refusal."""
    try:
        with db.transaction() as session:
            return verb(session, *args).number
    except ClinicError as refusal:
        return type(refusal)


def meanwhile(engine, first, second, *, commit=True):
    """What became of `second` (a verb and its arguments), started while `first` holds its locks."""
    with ThreadPoolExecutor() as pool:
        try:
            with db.transaction() as session:
                first[0](session, *first[1:])
                waiting = pool.submit(outcome, *second)
                wait_until_someone_waits(engine)
                if not commit:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        return waiting.result(timeout=5)


def numbers():
    with db.transaction() as session:
        return session.scalars(select(Invoice.sequence).order_by(Invoice.id)).all()


def test_the_second_cashier_makes_the_bill_when_the_first_one_fails(engine, cashier, visit_id):
    click = billing.invoice_visit, cashier, visit_id

    assert meanwhile(engine, click, click, commit=False) == "2024-25/000001"
    assert numbers() == [1]


def test_a_second_bill_for_a_visit_is_refused_by_the_database_itself(engine, cashier, visit_id, monkeypatch):
    monkeypatch.setattr("core.billing.invoices._standing", lambda session, visit_id: None)
    assert outcome(billing.invoice_visit, cashier, visit_id) == "2024-25/000001"

    with pytest.raises(IntegrityError, match="uq_invoices_one_per_visit"):
        outcome(billing.invoice_visit, cashier, visit_id)


def test_numbers_have_no_gap_when_one_of_two_bills_is_rolled_back(engine, cashier):
    lines = [billing.LineDetails("Certificate", unit_price=Decimal("50"))]
    with db.transaction() as session:
        patient_id = session.get_one(Invoice, an_invoice(session).invoice_id).patient_id
    by_hand = billing.invoice_by_hand, cashier, patient_id, lines

    assert meanwhile(engine, by_hand, by_hand, commit=False) == "2024-25/000002"
    assert meanwhile(engine, by_hand, by_hand) == "2024-25/000004"
    assert numbers() == [1, 2, 3, 4]


def test_of_two_who_correct_one_bill_the_second_looks_again(engine, cashier):
    with db.transaction() as session:
        seen = an_invoice(session)
    line = billing.LineDetails(line_id=seen.lines[0].line_id, quantity=2)
    correcting = partial(billing.correct, seen=seen), cashier, seen.invoice_id, [line]

    assert meanwhile(engine, correcting, correcting) is billing.BillChangedMeanwhile
