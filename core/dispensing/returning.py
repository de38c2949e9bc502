"""What patients bring back: to the batch it left, and off the books at once where it cannot be used again.

What came back can be paid back, at the cash desk.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, billing, clock, fields, inventory
from core.errors import Conflict, NotFound, check
from core.models import (
    Batch,
    Dispensing,
    DispensingItem,
    Invoice,
    InvoiceLine,
    Medicine,
    MedicineReturn,
    MovementReason,
    Patient,
)
from core.permissions import Actor, Permission, require
from core.words import date_in_words, later, say

LONGEST_REASON = 200


class NotThatManyGiven(Conflict):
    def __init__(self, medicine: str, batch: str, left: int, quantity: int) -> None:
        self.left, self.quantity = left, quantity
        super().__init__(
            say(
                "{quantity:,} of {medicine}, batch {batch}, cannot come back: the patient has {left:,} of it.",
                quantity=quantity,
                medicine=medicine,
                batch=batch,
                left=left,
            )
            if left
            else say("All of {medicine}, batch {batch}, has come back already.", medicine=medicine, batch=batch)
        )


@dataclass(frozen=True)
class ReturnRecord:
    """`why_no_stock` says in words why what came back cannot be handed over again, and is empty where it can."""

    return_id: int
    number: str
    patient: str
    medicine: str
    unit: str
    batch_number: str
    quantity: int
    usable: bool
    why_no_stock: str


def take_back(
    session: Session, actor: Actor, dispensing_item_id: int, quantity: int, *, usable: bool, reason: str
) -> ReturnRecord:
    """Units of what was handed over at one moment from one batch. Raises NotThatManyGiven, NotFound or Invalid."""
    require(actor, Permission.DISPENSE)
    reason = fields.line(reason)
    check(
        quantity=None if type(quantity) is int and quantity > 0 else say("Take back whole units, 1 or more."),
        reason=fields.required_problem(reason, say("The reason"), LONGEST_REASON),
    )
    invoice, line, item = _locked(session, dispensing_item_id)
    batch = inventory.locked_batch(session, item.batch_id)
    medicine = session.get_one(Medicine, batch.medicine_id)
    if quantity > (left := item.quantity - item.returned):
        raise NotThatManyGiven(medicine.name, batch.number, left, quantity)
    item.returned += quantity
    line.returned += quantity
    inventory.move(session, actor, batch, quantity, MovementReason.RETURNED, reference=invoice.number)
    if not usable:  # the reason itself may say how somebody is, and many read the card of a batch
        note = later("Came back and cannot be used again")  # as it is kept
        inventory.move(session, actor, batch, -quantity, MovementReason.WRITTEN_OFF, note, reference=invoice.number)
    back = MedicineReturn(
        **{"dispensing_item_id": item.id, "quantity": quantity, "usable": usable, "reason": reason},
        **{"returned_on": clock.today(), "returned_at": clock.now(), "returned_by_id": actor.user_id},
    )
    session.add(back)
    _note(session, actor, invoice, back, batch)
    name = session.scalars(select(Patient.name).where(Patient.id == invoice.patient_id)).one()
    return ReturnRecord(
        *(back.id, invoice.number, name, medicine.name, medicine.unit, batch.number, quantity, usable),
        _why_no_stock(batch, usable=usable),
    )


def _locked(session: Session, dispensing_item_id: int) -> tuple[Invoice, InvoiceLine, DispensingItem]:
    """The bill is held, and with it everything that was handed over for it."""
    invoice_id = session.scalar(
        select(Dispensing.invoice_id)
        .join(DispensingItem, DispensingItem.dispensing_id == Dispensing.id)
        .where(DispensingItem.id == dispensing_item_id)
    )
    if invoice_id is None:
        raise NotFound("medicine handed over", dispensing_item_id)
    invoice = billing.locked_with_visit(session, invoice_id)
    item = session.get_one(DispensingItem, dispensing_item_id, populate_existing=True)
    return invoice, next(line for line in invoice.lines if line.id == item.invoice_line_id), item


def _note(session: Session, actor: Actor, invoice: Invoice, back: MedicineReturn, batch: Batch) -> None:
    changes: audit.Changes = {
        "batch_id": (None, batch.id),
        "quantity": (None, back.quantity),
        "usable": (None, back.usable),
    }
    days, visit_id = {invoice.issued_on}, invoice.visit_id
    audit.record(
        session, actor, audit.UPDATE, "invoice.medicine_returned", invoice, changes, days=days, visit_id=visit_id
    )


def _why_no_stock(batch: Batch, *, usable: bool) -> str:
    if not usable:
        return say("it cannot be used again and was written off")
    if batch.expires_on < clock.today():
        return say("the batch expired on {day}", day=date_in_words(batch.expires_on))
    return say("the batch is blocked: {reason}", reason=batch.block_reason) if batch.blocked_at else ""
