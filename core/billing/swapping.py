"""A medicine of a bill that is not there: another of the same generic, strength, form and pack at its own price."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from core import clock, fields, inventory
from core.billing import locking, records
from core.billing.changed import taken_back
from core.billing.lines import NO_DISCOUNT, PRICE_LIST, Discount, invoice_line, medicine_charge, same_charge
from core.billing.shares import share
from core.billing.supplements import Exchange, Settled, exchange
from core.errors import Conflict, NotFound
from core.models import Invoice, InvoiceLine, InvoiceState, Medicine, PaymentMethod
from core.permissions import Actor, Permission, require
from core.words import say


class CannotSwap(Conflict):
    """This medicine cannot take the place of the one on the bill."""


@dataclass(frozen=True)
class Alternative:
    """A medicine that is there and may take the place of what is `owed` of a line. `amount` is for as many of it."""

    line_id: int
    instead_of: str
    owed: int
    medicine_id: int
    medicine: str
    on_hand: int
    amount: Decimal


def alternatives(session: Session, actor: Actor, invoice_id: int) -> list[Alternative]:
    """For every line of which something is owed, the cheapest first. Raises NotFound."""
    require(actor, Permission.BILL)
    lines = [line for line in records.full(session, invoice_id).lines if line.owed]
    of_each = inventory.alike_of(session, [line.medicine_id for line in lines if line.medicine_id is not None])
    alike = [(line, other) for line in lines if line.medicine_id for other in of_each[line.medicine_id]]
    shelf = inventory.usable_batches(session, {other.id for _, other in alike}, clock.today())
    found = [
        Alternative(
            *(line.line_id, line.description, line.owed, other.id, other.name),
            sum(batch.on_hand for batch in shelf[other.id]),
            invoice_line(medicine_charge(other), line.owed).amount,
        )
        for line, other in alike
        if shelf.get(other.id)
    ]
    return sorted(found, key=lambda one: (one.line_id, one.amount, one.medicine))


def swap(session: Session, actor: Actor, invoice_id: int, line_id: int, medicine_id: int) -> Settled:
    """Put another medicine in the place of what is owed of a line, at its own price.

    Money that was paid for the line is kept for the patient and pays the new bill as far as it goes. Raises
    CannotSwap, RestDueFirst or DayClosed.
    """
    require(actor, Permission.BILL)
    invoice = locking.locked_with_visit(session, invoice_id)
    line = next((line for line in invoice.lines if line.id == line_id), None)
    if line is None:
        raise NotFound("line of this bill", line_id)
    other = session.get(Medicine, medicine_id)
    if other is None:
        raise NotFound("medicine", medicine_id)
    if problem := _problem(session, invoice, line, other):
        raise CannotSwap(problem)
    stays = [(line, _first(line, line.dispensed))] if line.dispensed else []
    what = Exchange(
        [line],
        [*stays, (None, _substitute(line, other))],
        f"{other.name} in place of {line.description}",
    )
    return exchange(session, actor, invoice, what, PaymentMethod.ADVANCE)


def _problem(session: Session, invoice: Invoice, line: InvoiceLine, other: Medicine) -> str | None:
    if invoice.state is InvoiceState.CANCELLED:
        return say("Bill {number} is cancelled.", number=invoice.number)
    if back := taken_back(session, invoice.id):
        return say("{back} after bill {number} was made. Make the bill anew first.", back=back, number=invoice.number)
    if line.medicine_id is None or not line.owed:
        return say("Nothing of {description} is owed any more.", description=line.description)
    if other not in _alike(session, line.medicine_id):
        return say(
            "{name} is not the same as {description}: generic, strength, form and pack must agree.",
            name=other.name,
            description=line.description,
        )
    if invoice.state is InvoiceState.ISSUED and other.id in {line.medicine_id for line in invoice.lines}:
        return say("{name} is on this bill already.", name=other.name)
    return None


def _alike(session: Session, medicine_id: int | None) -> list[Medicine]:
    return inventory.alike(session, session.get_one(Medicine, medicine_id))


def _substitute(line: InvoiceLine, other: Medicine) -> InvoiceLine:
    """As many of the other medicine, with the discount there was, in percent."""
    charge = medicine_charge(other, line.prescription_item_id, f"{PRICE_LIST}, in place of {line.description}")
    gross = line.quantity * line.unit_price
    off = fields.to_cents(line.owed * other.price * line.discount / gross) if gross else line.discount
    return invoice_line(charge, line.owed, _discount(line, off))


def _first(line: InvoiceLine, units: int) -> InvoiceLine:
    """The line, if it were only for so many."""
    return invoice_line(same_charge(line), units, _discount(line, share(line, 0, units).discount))


def _discount(line: InvoiceLine, amount: Decimal) -> Discount:
    return Discount(amount, line.discount_reason, line.discount_by_id) if amount else NO_DISCOUNT
