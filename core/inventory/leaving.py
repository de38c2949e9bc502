"""What leaves the shelf without a patient: written off, handed on to another place, sent back. Each says why.

What expired is written off by `write_off_expired` alone, so that what expiry costs stands in one place; its supplier
may take it back, as what is blocked. Nothing expired or blocked is handed on to another place.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock, fields
from core.errors import Conflict, check
from core.inventory.correcting import NotThatMany, moved
from core.inventory.medicines import count_problem
from core.inventory.shelf import BatchRecord, locked_batch
from core.models import Batch, MovementReason, Supplier
from core.permissions import Actor, Permission, require
from core.words import date_in_words, later, say

WHY_WRITTEN_OFF = (
    later("Damaged"),
    later("Spoilt"),
    later("Lost"),
    later("Opened and not used up"),
    later("Recalled and destroyed"),
)
WHY_TRANSFERRED = (
    later("Lent"),
    later("Given to another branch"),
    later("Sold to another pharmacy"),
    later("For a camp or home visit"),
)
WHY_SENT_BACK = (
    later("Recalled"),
    later("Damaged on arrival"),
    later("Wrong medicine"),
    later("Expired"),
    later("Near its expiry"),
    later("Ordered too many"),
)
LONGEST_NOTE = 500


class NotExpired(Conflict):
    def __init__(self, number: str, expires_on: date) -> None:
        super().__init__(
            say("Batch {number} may still be used, through {day}.", number=number, day=date_in_words(expires_on))
        )


class HasExpired(Conflict):
    def __init__(self, number: str, expires_on: date) -> None:
        super().__init__(
            say(
                "Batch {number} expired on {day}: write it off as expired, or send it back.",
                number=number,
                day=date_in_words(expires_on),
            )
        )


class IsBlocked(Conflict):
    def __init__(self, number: str, reason: str) -> None:
        super().__init__(
            say(
                "Batch {number} is blocked ({reason}): it may only be written off or sent back.",
                number=number,
                reason=reason,
            )
        )


class NothingLeft(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(say("Nothing is left of batch {number}.", number=number))


class NothingExpired(Conflict):
    def __init__(self) -> None:
        super().__init__(say("Nothing on the shelf has expired."))


class NoSupplier(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(
            say("It is not known who delivered batch {number}: write it off, or hand it on.", number=number)
        )


@dataclass(frozen=True)
class WrittenOff:
    batches: int
    units: int
    cost: Decimal


def write_off(session: Session, actor: Actor, batch_id: int, quantity: int, note: str) -> BatchRecord:
    """Units that are damaged, spoilt or lost. Raises HasExpired, NotThatMany, NothingLeft or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    note = _checked(quantity, note)
    batch = _with_enough(session, batch_id, quantity)
    _refuse_expired(batch)
    return moved(session, actor, "batch.written_off", batch, -quantity, MovementReason.WRITTEN_OFF, note)


def write_off_expired(session: Session, actor: Actor, batch_id: int) -> BatchRecord:
    """Take what is left of an expired batch off the books. Raises NotExpired or NothingLeft."""
    require(actor, Permission.MANAGE_STOCK)
    batch = locked_batch(session, batch_id)
    if batch.expires_on >= clock.today():
        raise NotExpired(batch.number, batch.expires_on)
    if batch.on_hand == 0:
        raise NothingLeft(batch.number)
    return _written_off(session, actor, batch)


def write_off_all_expired(session: Session, actor: Actor) -> WrittenOff:
    """What is left of every batch that has expired. Raises NothingExpired."""
    require(actor, Permission.MANAGE_STOCK)
    expired = select(Batch).where(Batch.on_hand > 0, Batch.expires_on < clock.today()).order_by(Batch.id)
    locking = expired.with_for_update().execution_options(populate_existing=True)
    batches = session.scalars(locking).all()
    if not batches:
        raise NothingExpired
    units = sum(batch.on_hand for batch in batches)
    cost = sum((batch.on_hand * batch.unit_cost for batch in batches), Decimal(0))
    for batch in batches:
        _written_off(session, actor, batch)
    return WrittenOff(len(batches), units, cost)


def transfer_out(session: Session, actor: Actor, batch_id: int, quantity: int, to: str, note: str = "") -> BatchRecord:
    """Hand units on to another place. Raises HasExpired, IsBlocked, NotThatMany, NothingLeft or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    to, note = fields.line(to), fields.line(note)
    told = _checked(
        quantity,
        f"To {to}: {note}" if note else f"To {to}",
        to=fields.required_problem(to, say("Where it goes")),
    )
    batch = _with_enough(session, batch_id, quantity)
    _refuse_expired(batch)
    if batch.blocked_at:
        raise IsBlocked(batch.number, batch.block_reason)
    return moved(session, actor, "batch.transferred", batch, -quantity, MovementReason.TRANSFERRED, told)


def send_back(session: Session, actor: Actor, batch_id: int, quantity: int, note: str) -> BatchRecord:
    """To the supplier who delivered it; the trail keeps the credit to expect, what the units cost.

    Raises NoSupplier, NotThatMany, NothingLeft or Invalid.
    """
    require(actor, Permission.MANAGE_STOCK)
    note = _checked(quantity, note)
    batch = _with_enough(session, batch_id, quantity)
    supplier = session.get(Supplier, batch.supplier_id) if batch.supplier_id else None
    if supplier is None:
        raise NoSupplier(batch.number)
    told = f"To {supplier.name}: {note}"
    credit: audit.Changes = {"expected_credit": (None, quantity * batch.unit_cost)}
    return moved(session, actor, "batch.sent_back", batch, -quantity, MovementReason.SENT_BACK, told, credit)


def _checked(quantity: int, note: str, **problems: str | None) -> str:
    note = fields.line(note)
    check(
        **problems,
        quantity=count_problem(quantity, say("The quantity"), least=1),
        note=fields.required_problem(note, say("The reason"), LONGEST_NOTE),
    )
    return note


def _with_enough(session: Session, batch_id: int, quantity: int) -> Batch:
    batch = locked_batch(session, batch_id)
    if batch.on_hand == 0:
        raise NothingLeft(batch.number)
    if quantity > batch.on_hand:
        raise NotThatMany(batch.number, batch.on_hand, quantity)
    return batch


def _refuse_expired(batch: Batch) -> None:
    if batch.expires_on < clock.today():
        raise HasExpired(batch.number, batch.expires_on)


def _written_off(session: Session, actor: Actor, batch: Batch) -> BatchRecord:
    return moved(session, actor, "batch.written_off", batch, -batch.on_hand, MovementReason.EXPIRED)
