"""Hand medicines over: every line of a bill or, when asked, what there is of it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core import audit, billing, clinic, clock, inventory
from core.dispensing.choosing import Chosen, Wish, picked, wishes
from core.dispensing.waiting import DispensingRecord, ready_states, record
from core.errors import Conflict, NotFound, listed
from core.inventory import Pick
from core.models import Dispensing, DispensingItem, Invoice, InvoiceLine, InvoiceState, MovementReason, StockOrder
from core.permissions import Actor, Permission, require


class InvoiceNotPaid(Conflict):
    def __init__(self, number: str, state: InvoiceState) -> None:
        super().__init__(f"Invoice {number} is {state.lower()}, not paid.")


class AlreadyDispensed(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(f"Everything on invoice {number} has already been handed over.")


class NothingToDispense(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(f"Invoice {number} has no medicines on it.")


class PrescriptionTakenBack(Conflict):
    def __init__(self, number: str, taken_back: billing.TakenBack) -> None:
        self.taken_back = taken_back
        super().__init__(
            f"{taken_back} after bill {number} was made: nothing of this bill is handed over."
            " Send the patient to the cash desk."
        )


class Unprescribed(Conflict):
    def __init__(self, number: str, medicines: list[str]) -> None:
        super().__init__(
            f"Bill {number} has no prescription for {listed(medicines)}."
            " A controlled medicine is handed over only as a doctor prescribed it:"
            " hand over the rest, or say that it is not given."
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
        short = "; ".join(f"{s.medicine} (need {s.wanted:,}, have {s.on_hand:,})" for s in shortages)
        super().__init__(f"Not enough stock: {short}.")


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
    for wish, pick in picks:
        inventory.move(session, actor, pick.batch, -pick.quantity, MovementReason.DISPENSED, reference=invoice.number)
        wish.line.dispensed += pick.quantity
    dispensing = _dispensing(actor, invoice, picks)
    session.add(dispensing)
    _note(session, actor, invoice, picks)
    return record(session, dispensing.id)


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


def _dispensing(actor: Actor, invoice: Invoice, picks: list[tuple[Wish, Pick]]) -> Dispensing:
    items = [
        DispensingItem(invoice_line_id=wish.line.id, batch_id=pick.batch.id, quantity=pick.quantity)
        for wish, pick in picks
    ]
    return Dispensing(
        invoice_id=invoice.id,
        dispensed_by_id=actor.user_id,
        dispensed_at=clock.now(),
        dispensed_on=clock.today(),
        items=items,
    )


def _note(session: Session, actor: Actor, invoice: Invoice, picks: list[tuple[Wish, Pick]]) -> None:
    everything = not any(line.owed for line in invoice.lines if line.medicine_id is not None)
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
        "invoice.dispensed" if everything else "invoice.partly_dispensed",
        invoice,
        {"items": (None, items)},
        days={invoice.issued_on},
        visit_id=invoice.visit_id,
    )
