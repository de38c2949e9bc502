"""What patients have with the clinic: paid in before there is a bill, or given back for one and kept for the next.

Every change is a row of the ledger; `Patient.advance` is their sum. Whoever changes it holds the row of the patient.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, clock, drawers, fields
from core.errors import Conflict, NotFound, check
from core.models import Advance, AdvanceReason, CreditNote, Invoice, Patient, Payment, PaymentMethod, User
from core.patients import AlreadyArchived
from core.permissions import Actor, Permission, require
from core.words import say


class AdvanceTooSmall(Conflict):
    def __init__(self, patient: str, advance: Decimal, amount: Decimal) -> None:
        self.advance = advance
        super().__init__(
            say(
                "{patient} has {advance:,} with the clinic: {amount:,} is too much.",
                patient=patient,
                advance=advance,
                amount=amount,
            )
        )


@dataclass(frozen=True)
class AdvanceRecord:
    """A change of what a patient has with the clinic. `paper` is the number of the bill or credit note it is for."""

    advance_id: int
    change: Decimal
    reason: AdvanceReason
    method: PaymentMethod | None
    reference: str
    paper: str | None
    moved_on: date
    moved_at: datetime
    moved_by: str


@dataclass(frozen=True)
class PatientAdvance:
    """What a patient has with the clinic now, and how it came to be, oldest first."""

    patient_id: int
    mrn: str
    patient: str
    amount: Decimal
    moves: tuple[AdvanceRecord, ...]


def advance_of(session: Session, actor: Actor, patient_id: int) -> Decimal:
    """The sum alone. Raises NotFound."""
    require(actor, Permission.SEE_DUES)
    amount = session.scalar(select(Patient.advance).where(Patient.id == patient_id))
    if amount is None:
        raise NotFound("patient", patient_id)
    return amount


def list_advances(session: Session, actor: Actor, patient_id: int) -> PatientAdvance:
    """Raises NotFound."""
    require(actor, Permission.SEE_BILLS)
    return _record(session, patient_id)


def receive_advance(
    session: Session, actor: Actor, patient_id: int, amount: Decimal, method: PaymentMethod, reference: str = ""
) -> PatientAdvance:
    """Money for bills to come. Raises AlreadyArchived, DayClosed or Invalid."""
    require(actor, Permission.TAKE_PAYMENT)
    reference = _checked(amount, method, reference)
    drawers.still_open(session, actor)
    patient = holder(session, patient_id)
    if patient.archived_at:
        raise AlreadyArchived(patient.mrn)
    before = patient.advance
    move(session, actor, patient, amount, AdvanceReason.RECEIVED, method=method, reference=reference)
    return _told(session, actor, "advance.received", patient, before, method)


def pay_out_advance(
    session: Session, actor: Actor, patient_id: int, amount: Decimal, method: PaymentMethod, reference: str = ""
) -> PatientAdvance:
    """Give it back, or a part of it. Raises AdvanceTooSmall, DayClosed or Invalid."""
    require(actor, Permission.REFUND)
    reference = _checked(amount, method, reference)
    drawers.still_open(session, actor)
    patient = holder(session, patient_id)
    before = patient.advance
    move(session, actor, patient, -amount, AdvanceReason.PAID_OUT, method=method, reference=reference)
    return _told(session, actor, "advance.paid_out", patient, before, method)


def holder(session: Session, patient_id: int) -> Patient:
    """The patient, locked until commit: after the bill and the drawer, before any number is given. Raises NotFound."""
    patient = session.get(Patient, patient_id, with_for_update={"key_share": True}, populate_existing=True)
    if patient is None:
        raise NotFound("patient", patient_id)
    return patient


def move(
    session: Session, actor: Actor, patient: Patient, change: Decimal, reason: AdvanceReason, **of_what: Any
) -> None:
    """For workflows that hold the patient: the one way in which an advance changes. Raises AdvanceTooSmall."""
    require(actor, Permission.SIGN_IN)
    if patient.advance + change < 0:
        raise AdvanceTooSmall(patient.name, patient.advance, -change)
    patient.advance += change
    moved = {"moved_on": clock.today(), "moved_at": clock.now(), "moved_by_id": actor.user_id}
    session.add(Advance(patient_id=patient.id, change=change, reason=reason, **moved, **of_what))


def _checked(amount: Decimal, method: PaymentMethod, reference: str) -> str:
    reference = fields.line(reference)
    of_itself = say("Choose how the money came or went: cash, card …") if method is PaymentMethod.ADVANCE else None
    check(
        amount=fields.money_problem(amount, say("The amount"), least=fields.CENT),
        method=of_itself,
        reference=fields.length_problem(reference, say("The reference"), 100),
    )
    return reference


def _told(
    session: Session, actor: Actor, event: str, patient: Patient, before: Decimal, method: PaymentMethod
) -> PatientAdvance:
    changes: audit.Changes = {"advance": (before, patient.advance), "method": (None, method)}
    audit.record(session, actor, audit.UPDATE, event, patient, changes)
    return _record(session, patient.id)


def _record(session: Session, patient_id: int) -> PatientAdvance:
    patient = session.get(Patient, patient_id)
    if patient is None:
        raise NotFound("patient", patient_id)
    return PatientAdvance(patient_id, patient.mrn, patient.name, patient.advance, _moves(session, patient_id))


def _moves(session: Session, patient_id: int) -> tuple[AdvanceRecord, ...]:
    rows: Iterable[Sequence[Any]] = session.execute(
        select(
            *(Advance.id, Advance.change, Advance.reason, Advance.method, Advance.reference),
            func.coalesce(CreditNote.number, Invoice.number),
            *(Advance.moved_on, Advance.moved_at, User.name),
        )
        .join(User, User.id == Advance.moved_by_id)
        .outerjoin(Payment, Payment.id == Advance.payment_id)
        .outerjoin(Invoice, Invoice.id == Payment.invoice_id)
        .outerjoin(CreditNote, CreditNote.id == Advance.credit_note_id)
        .where(Advance.patient_id == patient_id)
        .order_by(Advance.id)
    )
    return tuple(AdvanceRecord(*row) for row in rows)
