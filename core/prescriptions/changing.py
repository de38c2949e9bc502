"""Amend and cancel prescriptions, until something of one has been handed over, whatever the cash desk did meanwhile.

Each step holds the row of the visit, and so does whoever hands medicines over: what is cancelled stays on the shelf.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock, fields, visits
from core.errors import Conflict, NotFound, check
from core.models import Invoice, InvoiceLine, Prescription, PrescriptionItem, PrescriptionState, Visit, VisitState
from core.permissions import Actor, Permission, require
from core.prescriptions.issuing import issue
from core.prescriptions.records import ItemDetails, PrescriptionRecord, get
from core.words import say


class PrescriptionCancelled(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(say("Prescription {number} was cancelled or replaced by another.", number=number))


class PrescriptionDispensed(Conflict):
    def __init__(self, number: str, invoice: str) -> None:
        self.invoice = invoice
        super().__init__(
            say(
                "Medicines of prescription {number} have been handed over (bill {invoice}): it cannot be "
                "changed any more.",
                number=number,
                invoice=invoice,
            )
        )


def amend(
    session: Session, actor: Actor, prescription_id: int, items: Sequence[ItemDetails], reason: str = ""
) -> PrescriptionRecord:
    """Replace a prescription by a new one. Once the visit is completed, it takes a reason.

    Raises PrescriptionCancelled, PrescriptionDispensed, PrescribingWarnings or Invalid.
    """
    require(actor, Permission.PRESCRIBE)
    old, visit = _locked_standing(session, actor, prescription_id)
    reason = fields.line(reason)
    signed = visit.state is VisitState.COMPLETED
    check(
        reason=(fields.required_problem if signed else fields.length_problem)(reason, say("The reason for the change"))
    )
    _take_back(actor, old, reason)
    session.flush()  # one prescription stands per visit
    new = issue(session, actor, visit, items, replaces_id=old.id)
    changes: audit.Changes = {"number": (old.number, new.number)}
    audit.record(session, actor, audit.UPDATE, "prescription.amended", new, changes, visit_id=visit.id)
    return get(session, actor, new.id)


def cancel(session: Session, actor: Actor, prescription_id: int, reason: str) -> PrescriptionRecord:
    """Take a prescription back. Raises PrescriptionCancelled, PrescriptionDispensed or Invalid."""
    require(actor, Permission.PRESCRIBE)
    prescription, visit = _locked_standing(session, actor, prescription_id)
    reason = fields.line(reason)
    check(reason=fields.required_problem(reason, say("The reason")))
    changes = _take_back(actor, prescription, reason)
    audit.record(session, actor, audit.UPDATE, "prescription.cancelled", prescription, changes, visit_id=visit.id)
    return get(session, actor, prescription_id)


def _locked_standing(session: Session, actor: Actor, prescription_id: int) -> tuple[Prescription, Visit]:
    visit_id = session.scalar(select(Prescription.visit_id).where(Prescription.id == prescription_id))
    if visit_id is None:
        raise NotFound("prescription", prescription_id)
    visit = visits.locked_own(session, actor, visit_id)
    prescription = session.get_one(Prescription, prescription_id, with_for_update=True, populate_existing=True)
    if prescription.state is not PrescriptionState.ISSUED:
        raise PrescriptionCancelled(prescription.number)
    if invoice := _handed_over(session, prescription_id):
        raise PrescriptionDispensed(prescription.number, invoice)
    return prescription, visit


def _handed_over(session: Session, prescription_id: int) -> str | None:
    """The bill against which something of it left the shelf."""
    return session.scalar(
        select(Invoice.number)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .join(PrescriptionItem, PrescriptionItem.id == InvoiceLine.prescription_item_id)
        .where(PrescriptionItem.prescription_id == prescription_id, InvoiceLine.dispensed > 0)
        .limit(1)
    )


def _take_back(actor: Actor, prescription: Prescription, reason: str) -> audit.Changes:
    """The reason may be clinical: it stays in the row, out of the trail."""
    prescription.cancelled_at, prescription.cancelled_by_id = clock.now(), actor.user_id
    prescription.cancel_reason = reason
    return audit.assign(prescription, state=PrescriptionState.CANCELLED)
