"""Hand medicines over: every line of a bill or, when asked, what there is of it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core import audit, billing, clinic, clock, inventory
from core.dispensing.waiting import DispensingRecord, ready_states, record
from core.errors import Conflict
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


def dispense(session: Session, actor: Actor, invoice_id: int, *, partly: bool = False) -> DispensingRecord:
    """Hand over every medicine that is owed and take it out of stock; `partly`, whatever there is of it.

    Raises InvoiceNotPaid, NothingToDispense, AlreadyDispensed, PrescriptionTakenBack, or OutOfStock with every
    shortage.
    """
    require(actor, Permission.DISPENSE)
    invoice = billing.locked_with_visit(session, invoice_id)
    profile = clinic.profile(session)
    owed = _lines_owed(invoice, ready_states(profile))
    if back := billing.taken_back(session, invoice_id):
        raise PrescriptionTakenBack(invoice.number, back)
    picks = _plan(session, owed, profile.stock_order, partly=partly)
    for line, pick in picks:
        inventory.move(session, actor, pick.batch, -pick.quantity, MovementReason.DISPENSED, reference=invoice.number)
        line.dispensed += pick.quantity
    dispensing = Dispensing(
        invoice_id=invoice.id,
        dispensed_by_id=actor.user_id,
        dispensed_at=clock.now(),
        dispensed_on=clock.today(),
        items=[
            DispensingItem(invoice_line_id=line.id, batch_id=pick.batch.id, quantity=pick.quantity)
            for line, pick in picks
        ],
    )
    session.add(dispensing)
    _note(session, actor, invoice, picks)
    return record(session, dispensing.id)


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


def _plan(
    session: Session, owed: list[InvoiceLine], order: StockOrder, *, partly: bool
) -> list[tuple[InvoiceLine, Pick]]:
    """The batches for every line. Raises OutOfStock with every shortage; if `partly`, only when there is nothing."""
    wanted = {line.medicine_id: line for line in owed if line.medicine_id is not None}
    batches = inventory.lock_usable_batches(session, wanted, on=clock.today())
    picks, shortages = [], []
    for medicine_id, line in wanted.items():
        left = line.owed
        chosen = inventory.plan(batches.get(medicine_id, ()), left, order)
        found = sum(pick.quantity for pick in chosen)
        if found < left:
            shortages.append(Shortage(line.description, left, found))
        picks += [(line, pick) for pick in chosen]
    if shortages and not (partly and picks):
        raise OutOfStock(shortages)
    return picks


def _note(session: Session, actor: Actor, invoice: Invoice, picks: list[tuple[InvoiceLine, Pick]]) -> None:
    everything = not any(line.owed for line in invoice.lines if line.medicine_id is not None)
    audit.record(
        session,
        actor,
        audit.UPDATE,
        "invoice.dispensed" if everything else "invoice.partly_dispensed",
        invoice,
        {"items": (None, [{"batch_id": pick.batch.id, "quantity": pick.quantity} for _, pick in picks])},
        days={invoice.issued_on},
        visit_id=invoice.visit_id,
    )
