"""Make a bill and cancel one."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from core import audit, clinic, clock, fields
from core.billing import records
from core.billing.fees import fee_of
from core.billing.lines import Charge, LineDetails, invoice_line, lines_by_hand, medicine_charge
from core.billing.records import InvoiceRecord
from core.errors import Conflict, NotFound, check
from core.models import (
    Invoice,
    InvoiceCounter,
    InvoiceLine,
    InvoiceState,
    LineKind,
    Patient,
    Prescription,
    PrescriptionItem,
    PrescriptionState,
    User,
    Visit,
    VisitState,
)
from core.patients import AlreadyArchived
from core.permissions import Actor, Permission, require


class VisitNotCompleted(Conflict):
    def __init__(self, state: VisitState) -> None:
        self.state = state
        super().__init__(f"This visit is {state.lower()}: a bill is made once the doctor has completed it.")


class AlreadyInvoiced(Conflict):
    def __init__(self, number: str, invoice_id: int) -> None:
        self.number, self.invoice_id = number, invoice_id
        super().__init__(f"This visit already has invoice {number}.")


class AlreadyCancelled(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(f"Invoice {number} is cancelled already.")


class PartlyPaid(Conflict):
    def __init__(self, number: str, paid: Decimal) -> None:
        self.paid = paid
        super().__init__(f"{paid:,} has been paid for invoice {number}: it can only be refunded, not cancelled.")


class HandedOver(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(f"Medicines of invoice {number} have been handed over: it cannot be cancelled.")


def invoice_visit(session: Session, actor: Actor, visit_id: int) -> InvoiceRecord:
    """The consultation and the prescribed medicines of a completed visit.

    Raises VisitNotCompleted, or AlreadyInvoiced however often and by however many people the button is clicked.
    """
    require(actor, Permission.BILL)
    visit = _locked_visit(session, visit_id)
    if visit.state is not VisitState.COMPLETED:
        raise VisitNotCompleted(visit.state)
    _refuse_second_invoice(session, visit_id)
    lines = [_consultation(session, visit), *_prescribed(session, visit_id)]
    return _issue(session, actor, visit.patient_id, lines, visit_id)


def invoice_by_hand(session: Session, actor: Actor, patient_id: int, lines: Sequence[LineDetails]) -> InvoiceRecord:
    """A bill for what a patient gets without a visit. Raises AlreadyArchived or Invalid."""
    require(actor, Permission.BILL)
    patient = session.get(Patient, patient_id)
    if patient is None:
        raise NotFound("patient", patient_id)
    if patient.archived_at:
        raise AlreadyArchived(patient.mrn)
    return _issue(session, actor, patient_id, lines_by_hand(session, actor, lines))


def cancel(session: Session, actor: Actor, invoice_id: int, reason: str) -> InvoiceRecord:
    """Only while nothing is paid and nothing handed over; its number stays used.

    Raises AlreadyCancelled, PartlyPaid, HandedOver or Invalid.
    """
    require(actor, Permission.BILL)
    reason = fields.line(reason)
    check(reason=fields.required_problem(reason, "The reason", 500))
    invoice = records.locked(session, invoice_id)
    if invoice.state is InvoiceState.CANCELLED:
        raise AlreadyCancelled(invoice.number)
    if invoice.paid > 0:
        raise PartlyPaid(invoice.number, invoice.paid)
    if any(line.dispensed for line in invoice.lines):
        raise HandedOver(invoice.number)
    changes = audit.assign(invoice, state=InvoiceState.CANCELLED, cancel_reason=reason)
    days = {invoice.issued_on}
    audit.record(
        session, actor, audit.UPDATE, "invoice.cancelled", invoice, changes, days=days, visit_id=invoice.visit_id
    )
    return records.full(session, invoice_id)


def _locked_visit(session: Session, visit_id: int) -> Visit:
    """Two cashiers at one visit wait for each other here; the unique index on invoices stands behind."""
    visit = session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
    if visit is None:
        raise NotFound("visit", visit_id)
    return visit


def _refuse_second_invoice(session: Session, visit_id: int) -> None:
    standing = select(Invoice.number, Invoice.id).where(
        Invoice.visit_id == visit_id, Invoice.state != InvoiceState.CANCELLED
    )
    if found := session.execute(standing).one_or_none():
        raise AlreadyInvoiced(*found)


def _consultation(session: Session, visit: Visit) -> InvoiceLine:
    fee = fee_of(session, visit.patient_id, visit.doctor_id, visit.started_at)
    what, doctor = "Follow-up" if fee.is_follow_up else "Consultation", session.get_one(User, visit.doctor_id)
    return invoice_line(Charge(LineKind.CONSULTATION, f"{what}, {doctor.name}", fee.amount))


def _prescribed(session: Session, visit_id: int) -> list[InvoiceLine]:
    """The medicines of the prescription that stands, at today's prices."""
    items = session.scalars(
        select(PrescriptionItem)
        .join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
        .where(Prescription.visit_id == visit_id, Prescription.state == PrescriptionState.ISSUED)
        .options(joinedload(PrescriptionItem.medicine))
        .order_by(PrescriptionItem.id)
    )
    return [invoice_line(medicine_charge(item.medicine, item.id), item.quantity) for item in items]


def _issue(
    session: Session, actor: Actor, patient_id: int, lines: list[InvoiceLine], visit_id: int | None = None
) -> InvoiceRecord:
    subtotal = sum((line.quantity * line.unit_price for line in lines), Decimal("0.00"))
    discount, tax, total = (sum(getattr(line, name) for line in lines) for name in ("discount", "tax", "amount"))
    check(total=fields.money_problem(subtotal, "The total"))
    today = clock.today()
    invoice = Invoice(
        patient_id=patient_id,
        visit_id=visit_id,
        state=InvoiceState.ISSUED if total else InvoiceState.PAID,  # nobody pays a bill of nothing
        issued_on=today,
        issued_at=clock.now(),
        issued_by_id=actor.user_id,
        subtotal=subtotal,
        discount=discount,
        tax=tax,
        total=total,
        lines=lines,
    )
    _give_number(session, invoice, today)
    session.add(invoice)
    changes: audit.Changes = {"number": (None, invoice.number), "total": (None, total)}
    audit.record(session, actor, audit.CREATE, "invoice.issued", invoice, changes, days={today}, visit_id=visit_id)
    return records.full(session, invoice.id)


def _give_number(session: Session, invoice: Invoice, day: date) -> None:
    """The next of the financial year. Its counter stays locked until commit: a bill rolled back leaves no gap."""
    profile = clinic.profile(session)
    year = profile.financial_year(day)
    first = insert(InvoiceCounter).values(financial_year=year, last_number=1)
    sequence = session.scalar(
        first.on_conflict_do_update(
            index_elements=[InvoiceCounter.financial_year], set_={"last_number": InvoiceCounter.last_number + 1}
        ).returning(InvoiceCounter.last_number)
    )
    assert sequence is not None
    invoice.financial_year, invoice.sequence = year, sequence
    invoice.number = written_number(profile, year, sequence)


def written_number(profile: clinic.Profile, financial_year: int, sequence: int) -> str:
    """As it stands on the bill: "2025-26/000017", or "2025/000017" where the year begins in January."""
    following = "" if profile.financial_year_month == 1 else f"-{(financial_year + 1) % 100:02d}"
    return f"{financial_year}{following}/{sequence:06d}"
