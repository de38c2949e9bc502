"""What the cash desk looks at: visits to bill, bills to be paid, the day's bills and takings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union, union_all
from sqlalchemy.orm import Session, joinedload

from core import fields, spelling
from core.billing import records
from core.billing.later import visits_with_more
from core.billing.records import InvoiceCard, InvoiceRecord
from core.fields import NOTHING
from core.models import (
    Advance,
    CreditNote,
    Invoice,
    InvoiceLine,
    InvoiceState,
    Patient,
    Payment,
    PaymentMethod,
    User,
    Visit,
    VisitState,
)
from core.permissions import Actor, Permission, require


@dataclass(frozen=True)
class Unbilled:
    """A completed visit for which nobody has made a bill yet, or not of all: then its bill was `billed` before."""

    visit_id: int
    patient_id: int
    mrn: str
    patient: str
    doctor: str
    completed_at: datetime
    billed: str | None = None


@dataclass(frozen=True)
class Taken:
    """Money that came in on a day, for bills or in advance, and what was given back, each by method.

    What is paid from an advance, or kept for one, moves no money. Methods without any are left out.
    """

    day: date
    by_method: dict[PaymentMethod, Decimal]
    given_back: dict[PaymentMethod, Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.by_method.values(), NOTHING)


@dataclass(frozen=True)
class Owed:
    """What somebody has still to pay, on how many bills."""

    amount: Decimal
    bills: int


@dataclass(frozen=True)
class Piled:
    """Bills of a kind that piles up: the `newest`, the newest first, and how many there are in all."""

    newest: tuple[InvoiceCard, ...]
    count: int


@dataclass(frozen=True)
class Wanted:
    """Of which day, of whom, and whether only those with something due; each narrows the others."""

    day: date | None = None
    patient_id: int | None = None
    unpaid: bool = False


def get(session: Session, actor: Actor, invoice_id: int) -> InvoiceRecord:
    """Raises NotFound."""
    require(actor, Permission.SEE_BILLS)
    return records.full(session, invoice_id)


def list_unbilled(session: Session, actor: Actor) -> list[Unbilled]:
    """Completed visits without a bill (a cancelled one does not count) or with a later prescription, oldest first."""
    require(actor, Permission.SEE_BILLS)
    bill = (Invoice.visit_id == Visit.id, Invoice.state != InvoiceState.CANCELLED)
    without = select(Visit.id).where(Visit.state == VisitState.COMPLETED, ~Visit.is_billed)  # as in ix_visits_unbilled
    rows: Iterable[Sequence[Any]] = session.execute(
        select(Visit.id, Patient.id, Patient.mrn, Patient.name, User.name, Visit.completed_at, Invoice.number)
        .join(Patient, Patient.id == Visit.patient_id)
        .join(User, User.id == Visit.doctor_id)
        .outerjoin(Invoice, and_(*bill, Invoice.supplements_id.is_(None)))
        .where(Visit.id.in_(union(without, visits_with_more())))
        .order_by(Visit.completed_at, Visit.id)
    )
    return [Unbilled(*row) for row in rows]


def find_unpaid(session: Session, actor: Actor, term: str = "", *, until: date | None = None, limit: int = 20) -> Piled:
    """Bills with something due, of whose number, patient or MRN every word is part; made on a clinic day or before."""
    require(actor, Permission.SEE_BILLS)
    which = [Invoice.state == InvoiceState.ISSUED, *map(_names, fields.line(term).split())]
    if until is not None:
        which.append(Invoice.issued_on <= until)
    return newest_where(session, *which, limit=limit)


def list_day(session: Session, actor: Actor, day: date) -> list[InvoiceCard]:
    """The bills made on a clinic day, in the order of their numbers."""
    require(actor, Permission.SEE_BILLS)
    return list_where(session, Invoice.issued_on == day)


def list_of_patient(session: Session, actor: Actor, patient_id: int) -> list[InvoiceCard]:
    """Somebody's bills, oldest first."""
    require(actor, Permission.SEE_BILLS)
    return list_where(session, Invoice.patient_id == patient_id)


def list_some(session: Session, actor: Actor, wanted: Wanted, after: int = 0, limit: int = 50) -> list[InvoiceCard]:
    """At most `limit` of the bills that are wanted, after one by its id, oldest first."""
    require(actor, Permission.SEE_BILLS)
    which = [Invoice.id > after]
    if wanted.day is not None:
        which.append(Invoice.issued_on == wanted.day)
    if wanted.patient_id is not None:
        which.append(Invoice.patient_id == wanted.patient_id)
    if wanted.unpaid:
        which.append(Invoice.state == InvoiceState.ISSUED)
    return list_where(session, *which, limit=limit)


def owed_by(session: Session, actor: Actor, patient_id: int) -> Owed:
    """The sum alone, for the doctor too: not what the bills are for."""
    require(actor, Permission.SEE_DUES)
    due = select(func.coalesce(func.sum(Invoice.total - Invoice.paid), NOTHING), func.count())
    unpaid = (Invoice.patient_id == patient_id, Invoice.state == InvoiceState.ISSUED)
    return Owed(*session.execute(due.where(*unpaid)).one())


def taken_on(session: Session, actor: Actor, day: date) -> Taken:
    """What came and went on a clinic day, whenever its bills were made. One statement."""
    require(actor, Permission.SEE_BILLS)
    moved = union_all(
        select(Payment.method, Payment.amount).where(Payment.received_on == day),
        select(CreditNote.method, -CreditNote.amount).where(CreditNote.refunded_on == day),
        select(Advance.method, Advance.change).where(Advance.moved_on == day, Advance.method.is_not(None)),
    ).subquery()
    method, amount = moved.c
    rows: Iterable[Sequence[Any]] = session.execute(
        select(method, func.sum(amount).filter(amount > 0), -func.sum(amount).filter(amount < 0))
        .where(method != PaymentMethod.ADVANCE)
        .group_by(method)
        .order_by(method)
    )
    each = list(rows)
    came, went = ({row[0]: row[n] for row in each if row[n]} for n in (1, 2))
    return Taken(day, came, went)


def with_owed(ready: ColumnElement[bool]) -> Select[int]:
    """Bills that are ready (as every paid one must be) of which medicines are still owed, by short indexes alone.

    What is owed on bills that nobody pays, or that were cancelled, piles up over the years.
    """
    owed = select(InvoiceLine.invoice_id).where(InvoiceLine.is_owed())
    others = select(Invoice.id).where(Invoice.state != InvoiceState.PAID, ~ready)
    either = owed.except_(others).subquery()
    return select(either.c.invoice_id)


def beside(session: Session, actor: Actor, invoice_id: int) -> list[InvoiceCard]:
    """The bills that one goes with: the one it supplements, and the one that supplements it. None that is cancelled."""
    require(actor, Permission.SEE_BILLS)
    before = select(Invoice.supplements_id).where(Invoice.id == invoice_id).scalar_subquery()
    near = (Invoice.id == before) | (Invoice.supplements_id == invoice_id)
    return list_where(session, near, Invoice.state != InvoiceState.CANCELLED)


def list_where(session: Session, *which: ColumnElement[bool], limit: int | None = None) -> list[InvoiceCard]:
    """For workflows that stand on bills: those that fit, oldest first."""
    return _cards(session, select(Invoice).where(*which).order_by(Invoice.id).limit(limit))


def newest_where(session: Session, *which: ColumnElement[bool], limit: int) -> Piled:
    """The same of what piles up: a screen shows the newest and the count, however many there are."""
    newest = _cards(session, select(Invoice).where(*which).order_by(Invoice.id.desc()).limit(limit))
    return Piled(tuple(newest), session.scalars(select(func.count(Invoice.id)).where(*which)).one())


def _cards(session: Session, found: Select[Invoice]) -> list[InvoiceCard]:
    with_patients = session.scalars(found.options(joinedload(Invoice.patient)))
    return [records.card(invoice, invoice.patient) for invoice in with_patients]


def _names(word: str) -> ColumnElement[bool]:
    """Bills with this part of a number, or of whom it is part of the name or MRN."""
    who = or_(*(column.icontains(word, autoescape=True) for column in (Patient.name, Patient.mrn)))
    whose = select(Patient.id).where(Patient.search_grams.contains(sorted(spelling.pieces(word.lower()))), who)
    return Invoice.number.icontains(word, autoescape=True) | Invoice.patient_id.in_(whose)
