"""Hand medicines over: every line of a bill or, when asked, what there is of it."""

import itertools
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, bindparam, func, insert, literal, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from core import audit, billing, clinic, clock, inventory
from core.dispensing.choosing import Chosen, Wish, picked, taken, wishes
from core.dispensing.waiting import DispensingRecord, ready_states, still_owed
from core.errors import Conflict, NotFound, listed
from core.inventory import Pick
from core.models import Dispensing, DispensingItem, Invoice, InvoiceLine, InvoiceState, MovementReason, StockOrder
from core.permissions import Actor, Permission, require
from core.words import later, say

# Names of parameters are none of columns: SQLAlchemy would set those, too.
_GIVEN = (
    func.unnest(*(bindparam(name, type_=ARRAY(BigInteger)) for name in ("line_ids", "batch_ids", "quantities")))
    .table_valued("line_id", "batch_id", "quantity", with_ordinality="place")
    .render_derived(name="given")
)
_BY_LINE = select(_GIVEN.c.line_id, func.sum(_GIVEN.c.quantity).label("units")).group_by(_GIVEN.c.line_id).subquery()
_LINES = (
    update(InvoiceLine)
    .where(InvoiceLine.id == _BY_LINE.c.line_id)
    .values(dispensed=InvoiceLine.dispensed + _BY_LINE.c.units)
    .cte("lines")
)
_MADE = (
    insert(Dispensing)
    .values(invoice_id=bindparam("bill"), dispensed_by_id=bindparam("by_id"))
    .values(dispensed_at=bindparam("at"), dispensed_on=bindparam("day"))
    .returning(Dispensing.id)
    .cte("made")
)
_HAND_OVER = (
    insert(DispensingItem)
    .from_select(
        ["dispensing_id", "invoice_line_id", "batch_id", "quantity", "returned"],
        select(_MADE.c.id, _GIVEN.c.line_id, _GIVEN.c.batch_id, _GIVEN.c.quantity, literal(0))
        .select_from(_MADE.join(_GIVEN, true()))
        .order_by(_GIVEN.c.place),
    )
    .add_cte(_LINES)
    .returning(DispensingItem.dispensing_id)
)


_NOT_PAID = {
    InvoiceState.ISSUED: later("Bill {number} is issued, not paid."),
    InvoiceState.CANCELLED: later("Bill {number} is cancelled, not paid."),
}


class InvoiceNotPaid(Conflict):
    def __init__(self, number: str, state: InvoiceState) -> None:
        self.state = state
        super().__init__(say(_NOT_PAID[state], number=number))


class AlreadyDispensed(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(say("Everything on bill {number} has already been handed over.", number=number))


class NothingToDispense(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(say("Bill {number} has no medicines on it.", number=number))


class PrescriptionTakenBack(Conflict):
    def __init__(self, number: str, taken_back: billing.TakenBack) -> None:
        self.taken_back = taken_back
        super().__init__(
            say(
                "{taken_back} after bill {number} was made: nothing of this bill is handed over. Send the "
                "patient to the cash desk.",
                taken_back=taken_back,
                number=number,
            )
        )


class Unprescribed(Conflict):
    def __init__(self, number: str, medicines: list[str]) -> None:
        super().__init__(
            say(
                "Bill {number} has no prescription for {medicines}. A controlled medicine is handed over only "
                "as a doctor prescribed it: hand over the rest, or say that it is not given.",
                number=number,
                medicines=listed(medicines),
            )
        )


@dataclass(frozen=True)
class Shortage:
    medicine: str
    wanted: int
    on_hand: int


class OutOfStock(Conflict):
    """Names every medicine that is short, so that the pharmacist sees them all at once."""

    def __init__(self, shortages: list[Shortage]) -> None:
        self.shortages = shortages
        short = "; ".join(
            say(
                "{medicine} (need {wanted:,}, have {on_hand:,})",
                medicine=s.medicine,
                wanted=s.wanted,
                on_hand=s.on_hand,
            )
            for s in shortages
        )
        super().__init__(say("Not enough stock: {short}.", short=short))


def dispense(
    session: Session,
    actor: Actor,
    invoice_id: int,
    *,
    partly: bool = False,
    instead: Chosen | None = None,
    by_hand: Chosen | None = None,
) -> DispensingRecord:
    """Hand over every medicine that is owed and take it out of stock; `partly`, whatever there is of it.

    `instead` and `by_hand` are another medicine, and a batch, for lines by their id (choosing.py, which refuses what
    cannot be chosen). Raises InvoiceNotPaid, NothingToDispense, AlreadyDispensed, PrescriptionTakenBack, Unprescribed,
    or OutOfStock with every shortage.
    """
    require(actor, Permission.DISPENSE)
    invoice = billing.locked_with_visit(session, invoice_id)
    profile = clinic.profile(session)
    owed = _lines_owed(invoice, ready_states(profile))
    if back := billing.taken_back(session, invoice_id):
        raise PrescriptionTakenBack(invoice.number, back)
    wanted = wishes(session, owed, _of(owed, instead), _of(owed, by_hand))
    wanted = _prescribed(invoice, wanted, partly=partly)
    picks = _plan(session, wanted, profile.stock_order, partly=partly)
    leaving = [(pick.batch, -pick.quantity, "") for _, pick in picks]
    inventory.move_all(session, actor, leaving, MovementReason.DISPENSED, reference=invoice.number)
    at = clock.now()
    dispensing_id = _write(session, actor, invoice, picks, at)
    _note(session, actor, invoice, picks)
    still = () if _is_all(invoice) else still_owed(session, invoice_id)
    whose = (invoice_id, invoice.number, invoice.patient.name, invoice.patient.mrn)
    return DispensingRecord(dispensing_id, *whose, at, actor.name, tuple(itertools.starmap(taken, picks)), still)


def _of(owed: list[InvoiceLine], chosen: Chosen | None) -> Chosen:
    """Raises NotFound where something was chosen for a line that is not owed."""
    chosen = chosen or {}
    if strange := chosen.keys() - {line.id for line in owed}:
        raise NotFound("line to hand over", min(strange))
    return chosen


def _lines_owed(invoice: Invoice, ready: set[InvoiceState]) -> list[InvoiceLine]:
    if invoice.state not in ready:
        raise InvoiceNotPaid(invoice.number, invoice.state)
    medicines = [line for line in invoice.lines if line.medicine_id is not None]
    if not medicines:
        raise NothingToDispense(invoice.number)
    owed = [line for line in medicines if line.owed]
    if not owed:
        raise AlreadyDispensed(invoice.number)
    return owed


def _prescribed(invoice: Invoice, wanted: list[Wish], *, partly: bool) -> list[Wish]:
    """Without the controlled medicines that nobody prescribed. Raises Unprescribed; if `partly`, only for nothing."""
    missing = [wish for wish in wanted if wish.medicine.is_controlled and wish.line.prescription_item_id is None]
    if missing and not (partly and len(missing) < len(wanted)):
        raise Unprescribed(invoice.number, [wish.medicine.name for wish in missing])
    return [wish for wish in wanted if wish not in missing]


def _plan(session: Session, wanted: list[Wish], order: StockOrder, *, partly: bool) -> list[tuple[Wish, Pick]]:
    """The batches for every line. Raises OutOfStock with every shortage; if `partly`, only when there is nothing."""
    shelf = inventory.lock_usable_batches(session, [wish.medicine.id for wish in wanted], on=clock.today())
    picks, shortages = [], []
    for wish in wanted:
        chosen = picked(session, wish, shelf, order)
        found = sum(pick.quantity for pick in chosen)
        if found < wish.line.owed:
            shortages.append(Shortage(wish.medicine.name, wish.line.owed, found))
        picks += [(wish, pick) for pick in chosen]
    if shortages and not (partly and picks):
        raise OutOfStock(shortages)
    return picks


def _write(session: Session, actor: Actor, invoice: Invoice, picks: list[tuple[Wish, Pick]], at: datetime) -> int:
    """What was handed over, and on the lines of the bill how much of each by now. One statement; returns the id."""
    given = {
        "line_ids": [wish.line.id for wish, _ in picks],
        "batch_ids": [pick.batch.id for _, pick in picks],
        "quantities": [pick.quantity for _, pick in picks],
    }
    by = {"by_id": actor.user_id, "at": at, "day": clock.today()}
    session.flush()
    ids = session.connection().scalars(_HAND_OVER, {"bill": invoice.id, **given, **by})
    for wish, pick in picks:
        set_committed_value(wish.line, "dispensed", wish.line.dispensed + pick.quantity)
    return ids.all()[0]


def _is_all(invoice: Invoice) -> bool:
    return not any(line.owed for line in invoice.lines if line.medicine_id is not None)


def _note(session: Session, actor: Actor, invoice: Invoice, picks: list[tuple[Wish, Pick]]) -> None:
    items = [
        {"batch_id": pick.batch.id, "quantity": pick.quantity}
        | ({"medicine_id": wish.medicine.id, "instead_of": wish.line.medicine_id} if wish.is_instead else {})
        | ({"by_hand": True} if wish.batch_id == pick.batch.id else {})
        for wish, pick in picks
    ]
    audit.record(
        session,
        actor,
        audit.UPDATE,
        "invoice.dispensed" if _is_all(invoice) else "invoice.partly_dispensed",
        invoice,
        {"items": (None, items)},
        days={invoice.issued_on},
        visit_id=invoice.visit_id,
    )
