"""What a clinic day billed and what money moved on it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from bson import Decimal128
from sqlalchemy import ColumnElement, SQLColumnExpression, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.analytics.documents import money
from core.analytics.summaries import DoctorDay
from core.models import (
    Advance,
    AdvanceReason,
    CreditNote,
    Invoice,
    InvoiceLine,
    InvoiceState,
    LineKind,
    Payment,
    PaymentMethod,
    Token,
    Visit,
    VisitState,
)

# Of a table in which money moves: the day, the method, the amount, and which rows count.
Ledger = tuple[
    InstrumentedAttribute[date], InstrumentedAttribute[Any], SQLColumnExpression[Decimal], ColumnElement[bool]
]


@dataclass(frozen=True)
class Bills:
    """So many of them, and their sums."""

    number: int
    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal
    refunded: Decimal


class Totals(TypedDict):
    invoices: int
    total_subtotal: Decimal128
    total_discount: Decimal128
    total_tax: Decimal128
    total_billed: Decimal128
    total_revenue: Decimal128
    total_due: Decimal128


class Money(Totals):
    """The fields of the same names in DailySummary."""

    total_received: Decimal128
    total_refunded: Decimal128
    by_method: dict[str, Decimal128]
    by_doctor: list[DoctorDay]
    by_kind: dict[str, Decimal128]


def of(session: Session, days: Sequence[date]) -> Mapping[date, Money]:
    """For each of the days. Seven statements, however many days."""
    bills, kinds, seen = _bills(session, days), _by_kind(session, days), _seen(session, days)
    received, refunded = _received(session, days), _refunded(session, days)
    return {
        day: {
            **_totals(bills[day].values()),
            "total_received": money(sum(received[day].values())),
            "total_refunded": money(sum(refunded[day].values())),
            "by_method": {
                method.value: money(received[day].get(method, Decimal(0)) - refunded[day].get(method, Decimal(0)))
                for method in sorted(received[day].keys() | refunded[day].keys())
            },
            "by_doctor": _by_doctor(seen[day], bills[day]),
            "by_kind": {kind.value: money(total) for kind, total in sorted(kinds[day].items())},
        }
        for day in days
    }


def _bills(session: Session, days: Sequence[date]) -> Mapping[date, dict[int | None, Bills]]:
    """Those issued on each day and not cancelled, by doctor."""
    sums = (Invoice.subtotal, Invoice.discount, Invoice.tax, Invoice.total, Invoice.paid, Invoice.refunded)
    rows = session.execute(
        select(Invoice.issued_on, Visit.doctor_id, func.count(), *map(func.sum, sums))
        .outerjoin(Visit, Invoice.visit_id == Visit.id)
        .where(Invoice.issued_on.in_(days), Invoice.state != InvoiceState.CANCELLED)
        .group_by(Invoice.issued_on, Visit.doctor_id)
    )
    found: dict[date, dict[int | None, Bills]] = defaultdict(dict)
    for day, doctor, *values in rows:
        found[day][doctor] = Bills(*values)
    return found


def _totals(bills: Collection[Bills]) -> Totals:
    return {
        "invoices": sum(each.number for each in bills),
        "total_subtotal": money(sum(each.subtotal for each in bills)),
        "total_discount": money(sum(each.discount for each in bills)),
        "total_tax": money(sum(each.tax for each in bills)),
        "total_billed": money(sum(each.total for each in bills)),
        "total_revenue": money(sum(each.paid - each.refunded for each in bills)),
        "total_due": money(sum(each.total - each.paid for each in bills)),
    }


def _seen(session: Session, days: Sequence[date]) -> Mapping[date, dict[int | None, int]]:
    """Visits by the day of their token, by doctor."""
    rows = session.execute(
        select(Token.issued_on, Visit.doctor_id, func.count())
        .join(Visit, Visit.token_id == Token.id)
        .where(Token.issued_on.in_(days), Visit.state == VisitState.COMPLETED)
        .group_by(Token.issued_on, Visit.doctor_id)
    )
    found: dict[date, dict[int | None, int]] = defaultdict(dict)
    for day, doctor, number in rows:
        found[day][doctor] = number
    return found


def _by_doctor(seen: Mapping[int | None, int], bills: Mapping[int | None, Bills]) -> list[DoctorDay]:
    nothing = Bills(0, *[Decimal(0)] * 6)
    return [
        {
            "id": doctor,
            "visits": seen.get(doctor, 0),
            "invoices": bills.get(doctor, nothing).number,
            "billed": money(bills.get(doctor, nothing).total),
            "revenue": money(bills.get(doctor, nothing).paid - bills.get(doctor, nothing).refunded),
        }
        for doctor in sorted(seen.keys() | bills.keys(), key=lambda doctor: doctor or 0)
    ]


def _by_kind(session: Session, days: Sequence[date]) -> Mapping[date, dict[LineKind, Decimal]]:
    rows = session.execute(
        select(Invoice.issued_on, InvoiceLine.kind, func.sum(InvoiceLine.amount))
        .join(Invoice.lines)
        .where(Invoice.issued_on.in_(days), Invoice.state != InvoiceState.CANCELLED)
        .group_by(Invoice.issued_on, InvoiceLine.kind)
    )
    found: dict[date, dict[LineKind, Decimal]] = defaultdict(dict)
    for day, kind, total in rows:
        found[day][kind] = total
    return found


def _received(session: Session, days: Sequence[date]) -> Mapping[date, dict[PaymentMethod, Decimal]]:
    """For bills, and as advances. What is paid from an advance came in before."""
    paid = (Payment.received_on, Payment.method, Payment.amount, Payment.method != PaymentMethod.ADVANCE)
    ahead = (Advance.moved_on, Advance.method, Advance.change, Advance.reason == AdvanceReason.RECEIVED)
    return _moved(session, days, paid, ahead)


def _refunded(session: Session, days: Sequence[date]) -> Mapping[date, dict[PaymentMethod, Decimal]]:
    """By credit notes, and of advances. What a credit note keeps for the patient stays here."""
    notes = (CreditNote.refunded_on, CreditNote.method, CreditNote.amount, CreditNote.method != PaymentMethod.ADVANCE)
    out = (Advance.moved_on, Advance.method, -Advance.change, Advance.reason == AdvanceReason.PAID_OUT)
    return _moved(session, days, notes, out)


def _moved(session: Session, days: Sequence[date], *ledgers: Ledger) -> Mapping[date, dict[PaymentMethod, Decimal]]:
    """Money that moved on each day, by method."""
    found: dict[date, dict[PaymentMethod, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for day, method, amount, counts in ledgers:
        rows = select(day, method, func.sum(amount)).where(day.in_(days), counts).group_by(day, method)
        for on, by, total in session.execute(rows):
            found[on][by] += total
    return found
