"""Races over money: bills, payments, money back, advances and drawers."""

from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from core import billing, drawers, patients
from core.billing import LineDetails, PaymentMethod, invoices
from core.models import Invoice
from core.patients import AlreadyArchived
from core.permissions import Role
from tests import factories
from tests.races.table import does, race

CASH, TODAY = PaymentMethod.CASH, date(2025, 3, 1)
WITHIN = "SELECT (SELECT coalesce(sum(amount), 0) FROM payments) <= total FROM invoices"


def _last_and_one(session, paper, day):
    paper.financial_year, paper.sequence = 2024, 1 + (session.scalar(select(func.max(Invoice.sequence))) or 0)
    paper.number = f"2024-25/{paper.sequence:06d}"


def a_bill(session):
    """A cashier, and a bill of 300.00."""
    return factories.a_user(session, Role.RECEPTION), factories.an_invoice(session)


def paying(cashier, bill, amount="300.00"):
    return does(billing.pay, cashier, bill.invoice_id, Decimal(amount), CASH)


@race("SELECT count(*) = 1 FROM invoices", billing.AlreadyInvoiced)
def a_visit_is_billed_twice(session):
    visit = factories.a_completed_visit(session, factories.a_user(session, Role.DOCTOR)).visit_id
    cashier = factories.a_user(session, Role.RECEPTION)
    return does(billing.invoice_visit, cashier, visit), does(billing.invoice_visit, cashier, visit)


@race(
    "SELECT count(DISTINCT number) = 2 AND max(sequence) = 2 FROM invoices",
    careless=(invoices, "give_number", _last_and_one),
)
def two_bills_want_the_next_number(session):
    cashier, lines = factories.a_user(session, Role.RECEPTION), [LineDetails("Letter", unit_price=Decimal(50))]
    one, other = (factories.a_patient(session, name).patient_id for name in ("Asha Rao", "Vikram Sen"))
    return tuple(does(billing.invoice_by_hand, cashier, patient_id, lines) for patient_id in (one, other))


@race(WITHIN, billing.Overpaid)
def two_payments_together_exceed_the_bill(session):
    cashier, bill = a_bill(session)
    return paying(cashier, bill, "200.00"), paying(cashier, bill, "200.00")


@race(WITHIN, billing.AlreadyPaid)
def a_bill_is_paid_twice(session):
    cashier, bill = a_bill(session)
    return paying(cashier, bill), paying(cashier, bill)


CANCELLED = "SELECT state <> 'CANCELLED' OR NOT EXISTS (SELECT 1 FROM payments) FROM invoices"


@race(CANCELLED, billing.PartlyPaid)
def a_bill_is_cancelled_while_it_is_paid(session):
    cashier, bill = a_bill(session)
    return paying(cashier, bill), does(billing.cancel, cashier, bill.invoice_id, "Left")


@race("SELECT count(*) = 0 FROM payments", billing.InvoiceCancelled)
def a_bill_is_paid_while_it_is_cancelled(session):
    cashier, bill = a_bill(session)
    return does(billing.cancel, cashier, bill.invoice_id, "Left"), paying(cashier, bill)


def correcting(cashier, bill, price):
    lines = [LineDetails("Certificate", unit_price=Decimal(price))]
    return does(billing.correct, cashier, bill.invoice_id, lines, seen=bill)


@race(WITHIN, billing.BillChangedMeanwhile)
def a_bill_is_made_cheaper_while_it_is_paid(session):
    cashier, bill = a_bill(session)
    return paying(cashier, bill, "200.00"), correcting(cashier, bill, 100)


@race(WITHIN, billing.Overpaid)
def a_bill_is_paid_while_it_is_made_cheaper(session):
    cashier, bill = a_bill(session)
    return correcting(cashier, bill, 100), paying(cashier, bill, "200.00")


@race("SELECT (SELECT sum(amount) FROM credit_notes) <= (SELECT sum(amount) FROM payments)", billing.AllGivenBack)
def one_line_is_refunded_twice(session):
    cashier, bill = factories.a_user(session, Role.RECEPTION), factories.an_invoice(session, paid=True)
    back = does(billing.refund, cashier, bill.invoice_id, {bill.lines[0].line_id: 1}, CASH, "Not needed")
    return back, back


@race("SELECT sum(change) >= 0 FROM advances", billing.AdvanceTooSmall)
def one_advance_is_paid_out_twice(session):
    cashier, asha = factories.a_user(session, Role.RECEPTION), factories.a_patient(session).patient_id
    billing.receive_advance(session, cashier, asha, Decimal(100), CASH)
    out = does(billing.pay_out_advance, cashier, asha, Decimal(80), CASH)
    return out, out


def closing(cashier, hundreds):
    hundred = Decimal(100)
    counted = drawers.Count({hundred: hundreds}, Decimal(0), hundred * hundreds)
    return does(drawers.close, cashier, cashier.user_id, TODAY, counted)


@race("SELECT count(*) = 0 FROM day_closes", drawers.MoneyMoved)
def a_drawer_is_closed_while_money_comes_in(session):
    cashier, bill = a_bill(session)
    return paying(cashier, bill), closing(cashier, 0)


@race("SELECT count(*) = 0 FROM payments", drawers.DayClosed)
def money_comes_in_while_the_drawer_is_closed(session):
    cashier, bill = a_bill(session)
    return closing(cashier, 0), paying(cashier, bill)


@race("SELECT count(*) = 1 FROM day_closes", drawers.AlreadyClosed)
def a_drawer_is_closed_twice(session):
    cashier = factories.a_user(session, Role.RECEPTION)
    return closing(cashier, 0), closing(cashier, 0)


@race(
    "SELECT count(*) = 0 FROM invoices JOIN patients ON patients.id = patient_id WHERE archived_at IS NOT NULL",
    AlreadyArchived,
)
def somebody_is_billed_whose_record_is_merged_away(session):
    cashier, lines = factories.a_user(session, Role.RECEPTION), [LineDetails("Letter", unit_price=Decimal(50))]
    asha, double = (factories.a_patient(session, name).patient_id for name in ("Asha Rao", "Aasha Rao"))
    return does(patients.merge, cashier, asha, double), does(billing.invoice_by_hand, cashier, double, lines)
