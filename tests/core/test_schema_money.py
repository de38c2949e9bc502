"""What the database itself refuses of money, whatever a workflow forgot. Rows are written past the workflows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from core import clock
from core.models import (
    Advance,
    AdvanceReason,
    CreditNote,
    DayClose,
    Invoice,
    InvoiceLine,
    Patient,
    Payment,
    PaymentMethod,
    Refund,
)
from tests.core.refused_rows import refused
from tests.factories import a_patient, an_invoice

TEN = Decimal("10.00")


@pytest.fixture
def paid(session):
    """A bill of 300.00, paid."""
    return an_invoice(session, paid=True)


def credit_note(bill, admin, amount=TEN, line_amount=TEN, **changes):
    of_line = {"invoice_line_id": bill.lines[0].line_id, "quantity": 1, "discount": Decimal(0), "tax": Decimal(0)}
    values = {
        **{"number": "CN-1", "financial_year": 2024, "sequence": 1, "invoice_id": bill.invoice_id, "amount": amount},
        **{"method": PaymentMethod.CASH, "reason": "Not done", "refunded_on": clock.today()},
        **{"refunded_at": clock.now(), "refunded_by_id": admin.user_id},
        "refunds": [Refund(**of_line, amount=line_amount)],
    }
    return CreditNote(**(values | changes))


def advance(patient_id, admin, change=TEN, **changes):
    moved = {"moved_on": clock.today(), "moved_at": clock.now(), "moved_by_id": admin.user_id}
    values = {
        "patient_id": patient_id,
        "change": change,
        "reason": AdvanceReason.RECEIVED,
        "method": PaymentMethod.CASH,
    }
    return Advance(**(values | moved | changes))


def close(admin, **changes):
    drawer = {"opened_with": TEN, "taken": TEN, "expected": 2 * TEN, "counted": 2 * TEN, "left_in_drawer": TEN}
    paper = {"denominations": {"10": 2}, "other_methods": {}, "audit_length": 0}
    who = {"cashier_id": admin.user_id, "closed_by_id": admin.user_id}
    when = {"closed_on": clock.today(), "closed_at": clock.now() - timedelta(minutes=1)}
    return DayClose(**(drawer | paper | who | when | changes))


def test_a_credit_note_is_what_its_invoice_says_was_refunded(session, admin, paid):
    refused(session, credit_note(paid, admin), by="is not refunded as its credit notes say")


def test_a_credit_note_is_the_sum_of_its_lines(session, admin, paid):
    session.get_one(Invoice, paid.invoice_id).refunded = TEN

    refused(session, credit_note(paid, admin, line_amount=Decimal(9)), by="is not the sum of its lines")


def test_a_line_says_how_many_units_of_it_were_refunded(session, admin, paid):
    session.get_one(Invoice, paid.invoice_id).refunded = TEN

    refused(session, credit_note(paid, admin), by="does not fit its invoice")


def test_what_a_patient_has_with_the_clinic_is_the_sum_of_the_ledger(session, admin):
    patient_id = a_patient(session).patient_id

    refused(session, advance(patient_id, admin), by="is not the sum of its ledger")
    session.get_one(Patient, patient_id).advance = TEN
    with pytest.raises(DBAPIError, match="is not the sum of its ledger"), session.begin_nested():
        session.flush()
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


@pytest.mark.parametrize(
    ("changes", "by"),
    [
        ({"change": -TEN}, "sign_fits_reason"),
        ({"change": -TEN, "reason": AdvanceReason.APPLIED}, "method_of_money|applied_by_payment"),
        ({"method": PaymentMethod.ADVANCE}, "method_is_money"),
        ({"reason": AdvanceReason.CREDITED, "method": None}, "credited_by_note"),
    ],
)
def test_an_advance_says_where_it_came_from(session, admin, changes, by):
    refused(session, advance(a_patient(session).patient_id, admin, **changes), by=by)


@pytest.mark.parametrize(
    ("changes", "by"),
    [
        ({"counted": TEN}, "difference_explained"),
        ({"expected": TEN, "counted": TEN}, "expected_adds_up"),
        ({"left_in_drawer": 3 * TEN}, "left_within_counted"),
    ],
)
def test_a_closed_drawer_adds_up_and_explains_what_is_missing(session, admin, changes, by):
    refused(session, close(admin, **changes), by=by)


def test_no_money_goes_in_or_out_of_a_closed_drawer(session, admin, paid):
    session.add(close(admin))
    session.flush()
    received = {"received_on": clock.today(), "received_at": clock.now(), "received_by_id": admin.user_id}

    payment = Payment(invoice_id=paid.invoice_id, amount=TEN, method=PaymentMethod.CASH, **received)
    for money in (payment, credit_note(paid, admin), advance(a_patient(session).patient_id, admin)):
        refused(session, money, by="the drawer is closed for that day")


@pytest.mark.parametrize("ledger", ["credit_notes", "advances", "medicine_returns", "day_closes"])
def test_the_ledgers_of_money_only_grow(session, ledger):
    guarded = """SELECT count(*) FROM pg_trigger WHERE tgrelid = :ledger ::regclass AND tgname = :name
                 AND tgenabled = 'O'"""

    assert session.scalar(text(guarded), {"ledger": ledger, "name": f"{ledger}_append_only"}) == 1


def test_what_is_owed_is_found_by_its_own_index_and_not_among_all_lines_there_ever_were(session, paid):
    owed = select(InvoiceLine.id).where(InvoiceLine.is_owed()).compile(dialect=postgresql.dialect())
    session.execute(text("SET LOCAL enable_seqscan = off"))  # a table of one line is read whole otherwise

    plan = session.scalars(text(f"EXPLAIN {owed}")).all()

    assert "ix_invoice_lines_owed" in "\n".join(plan)
