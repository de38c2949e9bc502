"""Make a bill and cancel one."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, joinedload

from core import audit, clinic, clock, fields
from core.billing import locking, records
from core.billing.fees import fee_of
from core.billing.later import visits_with_more
from core.billing.lines import (
    CONSULTATION,
    FOLLOW_UP,
    Charge,
    invoice_line,
    medicine_charge,
    state_of,
    totals,
    with_patient,
)
from core.billing.numbers import give_number
from core.billing.records import InvoiceRecord
from core.billing.typed_lines import LineDetails, lines_by_hand
from core.errors import Conflict, NotFound, check
from core.fields import NOTHING
from core.models import (
    Invoice,
    InvoiceLine,
    InvoiceState,
    LineKind,
    Patient,
    Prescription,
    PrescriptionItem,
    PrescriptionState,
    Visit,
    VisitState,
)
from core.patients import AlreadyArchived
from core.permissions import Actor, Permission, require
from core.words import ENGLISH, later, read_in, say

_BILLED = (
    exists()
    .where(InvoiceLine.prescription_item_id == PrescriptionItem.id, InvoiceLine.invoice_id == Invoice.id)
    .where(Invoice.state != InvoiceState.CANCELLED)
)
_UNBILLED = (
    select(PrescriptionItem)
    .join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
    .where(Prescription.visit_id == bindparam("visit"), Prescription.state == PrescriptionState.ISSUED, ~_BILLED)
    .options(joinedload(PrescriptionItem.medicine))
    .order_by(PrescriptionItem.id)
)
_STANDING = (
    select(Invoice)
    .where(Invoice.visit_id == bindparam("visit"))
    .where(Invoice.state != InvoiceState.CANCELLED, Invoice.supplements_id.is_(None))
    .with_for_update()
    .execution_options(populate_existing=True)
)


_NOT_COMPLETED = {
    VisitState.OPEN: later("This visit is open: a bill is made once the doctor has completed it."),
    VisitState.CANCELLED: later("This visit is cancelled: a bill is made once the doctor has completed it."),
}


class VisitNotCompleted(Conflict):
    def __init__(self, state: VisitState) -> None:
        self.state = state
        super().__init__(say(_NOT_COMPLETED[state]))


class AlreadyInvoiced(Conflict):
    def __init__(self, number: str, invoice_id: int) -> None:
        self.number, self.invoice_id = number, invoice_id
        super().__init__(say("This visit already has bill {number}.", number=number))


class AlreadyCancelled(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(say("Bill {number} is cancelled already.", number=number))


class PartlyPaid(Conflict):
    def __init__(self, number: str, paid: Decimal) -> None:
        self.paid = paid
        super().__init__(
            say(
                "{paid:,} has been paid for bill {number}: it can only be refunded, not cancelled.",
                paid=paid,
                number=number,
            )
        )


class Supplemented(Conflict):
    def __init__(self, number: str, supplement: str) -> None:
        super().__init__(
            say(
                "Bill {number} is supplemented by {supplement}: cancel that first.",
                number=number,
                supplement=supplement,
            )
        )


class HandedOver(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(
            say(
                "Medicines of bill {number} have been handed over: it cannot be cancelled before they are back.",
                number=number,
            )
        )


def invoice_visit(session: Session, actor: Actor, visit_id: int) -> InvoiceRecord:
    """The consultation and the prescribed medicines of a completed visit; on a supplement, what was prescribed later.

    Raises VisitNotCompleted, or AlreadyInvoiced however often and by however many people the button is clicked.
    """
    require(actor, Permission.BILL)
    visit = completed(session, visit_id)
    lines = prescribed(session, visit_id)
    before = _standing(session, visit_id)
    if before is None:
        lines.insert(0, _consultation(session, visit))
    elif not lines or session.scalar(visits_with_more().where(Visit.id == visit_id)) is None:
        raise AlreadyInvoiced(before.number, before.id)
    supplements_id = locking.last_supplement(session, before).id if before else None
    return issue(session, actor, visit.patient_id, lines, visit_id=visit_id, supplements_id=supplements_id)


def invoice_by_hand(session: Session, actor: Actor, patient_id: int, lines: Sequence[LineDetails]) -> InvoiceRecord:
    """A bill for what a patient gets without a visit. Raises AlreadyArchived or Invalid."""
    require(actor, Permission.BILL)
    # Whoever merges or archives the record is waited for, and waits; others who make bills do not.
    shared = {"read": True, "key_share": True}
    patient = session.get(Patient, patient_id, with_for_update=shared, populate_existing=True)
    if patient is None:
        raise NotFound("patient", patient_id)
    if patient.archived_at:
        raise AlreadyArchived(patient.mrn)
    return issue(session, actor, patient_id, lines_by_hand(session, actor, lines))


def cancel(session: Session, actor: Actor, invoice_id: int, reason: str) -> InvoiceRecord:
    """Only while nothing is paid and nothing handed over; its number stays used.

    Raises AlreadyCancelled, PartlyPaid, Supplemented, HandedOver or Invalid.
    """
    require(actor, Permission.BILL)
    reason = fields.line(reason)
    check(reason=fields.required_problem(reason, say("The reason"), 500))
    invoice = locking.locked_with_visit(session, invoice_id)
    if invoice.state is InvoiceState.CANCELLED:
        raise AlreadyCancelled(invoice.number)
    if invoice.paid > 0:
        raise PartlyPaid(invoice.number, invoice.paid)
    if (last := locking.last_supplement(session, invoice)) is not invoice:
        raise Supplemented(invoice.number, last.number)
    if with_patient(invoice):
        raise HandedOver(invoice.number)
    changes = audit.assign(invoice, state=InvoiceState.CANCELLED, cancel_reason=reason)
    records.note(session, actor, "invoice.cancelled", invoice, changes)
    return records.record(session, invoice)


def completed(session: Session, visit_id: int) -> Visit:
    """The visit with its patient, locked: two cashiers at it wait for each other here, and the unique index on invoices
    stands behind. Raises VisitNotCompleted."""
    with_patient = joinedload(Visit.patient, innerjoin=True)
    of = {"of": Visit}
    visit = session.get(Visit, visit_id, options=[with_patient], with_for_update=of, populate_existing=True)
    if visit is None:
        raise NotFound("visit", visit_id)
    if visit.state is not VisitState.COMPLETED:
        raise VisitNotCompleted(visit.state)
    return visit


def _standing(session: Session, visit_id: int) -> Invoice | None:
    """The bill of a visit, locked."""
    return session.scalar(_STANDING, {"visit": visit_id})


def _consultation(session: Session, visit: Visit) -> InvoiceLine:
    fee, doctor = fee_of(session, visit.patient_id, visit.doctor_id, visit.started_at)
    what, tax = FOLLOW_UP if fee.is_follow_up else CONSULTATION, clinic.profile(session).consultation_tax_percent
    with read_in(ENGLISH):  # as it is kept with the line
        basis = fee.basis
    return invoice_line(Charge(LineKind.CONSULTATION, f"{what}, {doctor}", fee.amount, tax, basis=basis))


def prescribed(session: Session, visit_id: int) -> list[InvoiceLine]:
    """The medicines of the prescription that stands and are on no bill yet, at today's prices."""
    items = session.scalars(_UNBILLED, {"visit": visit_id})
    return [invoice_line(medicine_charge(item.medicine, item.id), item.quantity) for item in items]


def issue(
    session: Session, actor: Actor, patient_id: int, lines: list[InvoiceLine], **of_what: int | None
) -> InvoiceRecord:
    """For workflows that hold the visit, or the patient of a bill by hand: `of_what` may name `visit_id` and
    `supplements_id`. Raises Invalid where it comes to too much."""
    require(actor, Permission.SIGN_IN)
    sums = totals(lines)
    check(total=fields.money_problem(sums["subtotal"], say("The total")))
    today = clock.today()
    invoice = Invoice(
        patient=session.get_one(Patient, patient_id),
        issued_on=today,
        issued_at=clock.now(),
        issued_by_id=actor.user_id,
        paid=NOTHING,
        lines=lines,
        **sums,
        **of_what,
    )
    invoice.state = state_of(invoice)
    give_number(session, invoice, today)
    session.add(invoice)
    changes: audit.Changes = {"number": (None, invoice.number), "total": (None, invoice.total)}
    records.note(session, actor, "invoice.issued", invoice, changes, audit.CREATE)
    return records.record(session, invoice)
