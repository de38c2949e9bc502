"""Deliveries: a batch is taken into stock."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit, clock, fields
from core.errors import Conflict, Invalid, check, listed
from core.inventory.medicines import count_problem, locked_medicine, refuse_withdrawn
from core.inventory.moving import move
from core.inventory.shelf import BatchRecord, locked_batch, record
from core.models import Batch, Medicine, MovementReason, PurchaseOrderLine, Supplier
from core.permissions import Actor, Permission, require
from core.words import date_in_words, later, say


class DuplicateBatch(Conflict):
    """`may_be_more` of it, if `Delivery.is_more` says so; not of what came by another order."""

    def __init__(self, number: str, medicine: str, *, may_be_more: bool) -> None:
        self.may_be_more = may_be_more
        super().__init__(
            say(
                "Batch {number} of {medicine} has already been received from this supplier.",
                number=number,
                medicine=medicine,
            )
        )


class NotTheSameBatch(Conflict):
    def __init__(self, number: str, expires_on: date, unit_cost: Decimal) -> None:
        super().__init__(
            say(
                "Batch {number} came before, to expire on {day} and at {unit_cost:,} each: more must be the same.",
                number=number,
                day=date_in_words(expires_on),
                unit_cost=unit_cost,
            )
        )


_OF_ANOTHER = later(
    "Batch {number} from {supplier} is on the books as {others} already. "
    "Compare it with the pack, and confirm it if both really have one number."
)
_OF_ANOTHER_STILL = later(
    "Batch {number} is on the books as {others} already. "
    "Compare it with the pack, and confirm it if both really have one number."
)


class BatchOfAnother(Conflict):
    """`Delivery.shares_number` lets it through."""

    def __init__(self, number: str, supplier: str, others: list[str]) -> None:
        self.others = others
        super().__init__(
            say(_OF_ANOTHER if supplier else _OF_ANOTHER_STILL, number=number, supplier=supplier, others=listed(others))
        )


class SupplierWithdrawn(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(say("{name} has been withdrawn from the list of suppliers.", name=name))


@dataclass(frozen=True)
class Delivery:
    """One batch as it arrives, in units. `number` is printed on it; `supplier` is found or added by name.

    `received_on` is today unless given; `delivery_note` the number on the supplier's paper. Whoever looked at the packs
    says so: `shares_number`, that another medicine has the same number; `is_more`, of a batch that came before.
    """

    number: str
    quantity: int
    expires_on: date
    unit_cost: Decimal
    received_on: date | None = None
    supplier: str = ""
    delivery_note: str = ""
    shares_number: bool = False
    is_more: bool = False


def printed_expiry(text: str) -> date:
    """The last day of use, from what is printed on a pack: "03/27" is 31 March 2027, "15/03/2027" that day.

    Raises Invalid.
    """
    parts = re.split(r"[-/. ]", fields.line(text))
    try:
        numbers = [int(part) for part in parts]
        if numbers[0] > 31:  # year first
            numbers.reverse()
        *day, month, year = numbers
        if len(day) > 1:
            raise ValueError
        year += 2000 if year < 100 else 0
        return date(year, month, day[0] if day else monthrange(year, month)[1])
    except (ValueError, OverflowError):
        raise Invalid({"expires_on": say("Write the expiry as printed, such as 03/27 or 31/03/2027.")}) from None


def receive(
    session: Session,
    actor: Actor,
    medicine_id: int,
    delivery: Delivery,
    *,
    line: PurchaseOrderLine | None = None,
    reference: str = "",
) -> BatchRecord:
    """Take a batch into stock. Where it was ordered (core.buying), `line` says by what, `reference` the order's number.

    Raises MedicineWithdrawn, SupplierWithdrawn, DuplicateBatch, NotTheSameBatch, BatchOfAnother or Invalid (expired,
    no quantity, …).
    """
    require(actor, Permission.MANAGE_STOCK)
    medicine = locked_medicine(session, medicine_id)
    refuse_withdrawn(medicine)
    note, supplier = fields.line(delivery.delivery_note), fields.line(delivery.supplier)
    batch = _new_batch(session, actor, medicine, delivery)
    batch.purchase_order_line_id = line.id if line else None
    changes: audit.Changes = {"number": (None, batch.number)}
    if more_of := _on_the_books(session, batch, medicine, delivery):
        batch, changes = more_of, {}
    session.add(batch)
    session.flush()
    before = batch.on_hand if more_of else None
    move(session, actor, batch, delivery.quantity, MovementReason.RECEIVED, reference=reference or note)
    changes["on_hand"] = (before, batch.on_hand)
    audit.record(session, actor, audit.UPDATE if more_of else audit.CREATE, "batch.received", batch, changes)
    return record(batch, medicine.name, medicine.unit, supplier)


def _new_batch(session: Session, actor: Actor, medicine: Medicine, delivery: Delivery) -> Batch:
    """Not written yet. Raises Invalid or SupplierWithdrawn."""
    number, supplier = fields.line(delivery.number), fields.line(delivery.supplier)
    note = fields.line(delivery.delivery_note)
    _check_delivery(delivery, number, supplier, note)
    return Batch(
        medicine_id=medicine.id,
        supplier_id=_supplier_id(session, actor, supplier),
        number=number,
        received_on=delivery.received_on or clock.today(),
        expires_on=delivery.expires_on,
        unit_cost=fields.to_cents(delivery.unit_cost),
        on_hand=0,
        delivery_note=note,
    )


def _check_delivery(delivery: Delivery, number: str, supplier: str, note: str) -> None:
    today = clock.today()
    received_on = delivery.received_on or today
    check(
        number=fields.required_problem(number, say("The batch number"), 60),
        quantity=count_problem(delivery.quantity, say("The quantity"), least=1),
        # Taken in late and expired meanwhile is refused like expired on arrival: it would never be stock.
        expires_on=say("This batch expired on {day}.", day=date_in_words(delivery.expires_on))
        if delivery.expires_on < today
        else None,
        unit_cost=fields.money_problem(delivery.unit_cost, say("The cost")),
        received_on=say("The day of receipt is in the future.") if received_on > today else None,
        supplier=fields.length_problem(supplier, say("The supplier")),
        delivery_note=fields.length_problem(note, say("The number of the delivery note"), 60),
    )


def _on_the_books(session: Session, batch: Batch, medicine: Medicine, delivery: Delivery) -> Batch | None:
    """The batch this is more of, locked. Under a lock of the number: a second delivery of it waits for the first."""
    number = batch.number.lower()
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"batch {batch.supplier_id} {number}"))))
    same = select(Batch, Medicine.name).join(Medicine, Medicine.id == Batch.medicine_id).order_by(Medicine.name)
    same = same.where(func.lower(Batch.number) == number, Batch.supplier_id.is_not_distinct_from(batch.supplier_id))
    known = {found.medicine_id: (found, name) for found, name in session.execute(same)}
    if medicine.id in known:
        return _more_of(session, known[medicine.id][0].id, batch, medicine, is_more=delivery.is_more)
    if known and not delivery.shares_number:
        raise BatchOfAnother(batch.number, fields.line(delivery.supplier), [name for _, name in known.values()])
    return None


def _more_of(session: Session, batch_id: int, batch: Batch, medicine: Medicine, *, is_more: bool) -> Batch:
    there = locked_batch(session, batch_id)
    # An order's line has received what its batches have: they belong to it alone.
    may_be_more = there.purchase_order_line_id == batch.purchase_order_line_id
    if not is_more or not may_be_more:
        raise DuplicateBatch(there.number, medicine.name, may_be_more=may_be_more)
    if (there.expires_on, there.unit_cost) != (batch.expires_on, batch.unit_cost):
        raise NotTheSameBatch(there.number, there.expires_on, there.unit_cost)
    return there


def _supplier_id(session: Session, actor: Actor, name: str) -> int | None:
    """Found whatever the case of its letters, or added. Whoever adds the same one meanwhile is waited for."""
    if not name:
        return None
    found = select(Supplier).where(func.lower(Supplier.name) == func.lower(name))
    known = session.scalar(found)
    if known is None:
        added = session.scalar(insert(Supplier).values(name=name).on_conflict_do_nothing().returning(Supplier))
        if added is not None:
            audit.record(session, actor, audit.CREATE, "supplier.added", added, {"name": (None, name)})
        known = added or session.scalars(found).one()
    if known.withdrawn_at:
        raise SupplierWithdrawn(known.name)
    return known.id
