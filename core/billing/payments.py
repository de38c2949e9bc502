"""Take money for a bill: once or in parts, by whatever method, never more than is due."""

from decimal import Decimal

from sqlalchemy import exists
from sqlalchemy.orm import Session

from core import audit, clock, drawers, fields
from core.billing import advances, locking, records
from core.billing.changed import TakenBack, taken_back
from core.billing.lines import with_patient
from core.billing.records import InvoiceRecord
from core.errors import Conflict, check
from core.models import AdvanceReason, Invoice, InvoiceState, Payment, PaymentMethod, Visit, VisitState
from core.permissions import Actor, Permission, require
from core.words import say


class InvoiceCancelled(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(say("Bill {number} is cancelled: nothing is to be paid for it.", number=number))


class AlreadyPaid(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(say("Bill {number} is paid already.", number=number))


class Overpaid(Conflict):
    def __init__(self, number: str, amount: Decimal, due: Decimal) -> None:
        self.due = due
        super().__init__(
            say(
                "Only {due:,} is due for bill {number}: {amount:,} is too much.",
                due=due,
                number=number,
                amount=amount,
            )
        )


class MadeAnewFirst(Conflict):
    """Money taken for it would have to be paid back."""

    def __init__(self, number: str, back: TakenBack) -> None:
        super().__init__(
            say(
                "{back} after bill {number} was made. Make the bill anew before taking money for it.",
                back=back,
                number=number,
            )
        )


def pay(
    session: Session, actor: Actor, invoice_id: int, amount: Decimal, method: PaymentMethod, reference: str = ""
) -> InvoiceRecord:
    """Note a payment. `reference` is what the card slip or transfer shows; ADVANCE takes from what they have here.

    Raises InvoiceCancelled, AlreadyPaid, Overpaid (with what is due), AdvanceTooSmall, MadeAnewFirst, DayClosed or
    Invalid.
    """
    require(actor, Permission.TAKE_PAYMENT)
    reference = fields.line(reference)
    check(
        amount=fields.money_problem(amount, say("The amount"), least=fields.CENT),
        reference=fields.length_problem(reference, say("The reference"), 100),
    )
    invoice = locking.locked(session, invoice_id)
    _refuse_unpayable(invoice, amount)
    _refuse_outdated(session, invoice)
    take(session, actor, invoice, amount, method, reference)
    return records.record(session, invoice)


def take(
    session: Session, actor: Actor, invoice: Invoice, amount: Decimal, method: PaymentMethod, reference: str = ""
) -> None:
    """For workflows that hold the bill, on which so much is due. Raises AdvanceTooSmall or DayClosed."""
    require(actor, Permission.SIGN_IN)
    drawers.still_open(session, actor)
    payment = Payment(
        invoice_id=invoice.id,
        amount=amount,
        method=method,
        reference=reference,
        received_on=clock.today(),
        received_at=clock.now(),
        received_by_id=actor.user_id,
    )
    session.add(payment)
    if method is PaymentMethod.ADVANCE:
        session.flush()
        holder = advances.holder(session, invoice.patient_id)
        advances.move(session, actor, holder, -amount, AdvanceReason.APPLIED, payment_id=payment.id)
    paid = invoice.paid + amount
    state = InvoiceState.PAID if paid == invoice.total else InvoiceState.ISSUED
    changes = audit.assign(invoice, paid=paid, state=state) | {"method": (None, method)}
    event = "invoice.paid" if state is InvoiceState.PAID else "invoice.partly_paid"
    records.note(session, actor, event, invoice, changes)


def _refuse_unpayable(invoice: Invoice, amount: Decimal) -> None:
    due = invoice.total - invoice.paid
    if invoice.state is InvoiceState.CANCELLED:
        raise InvoiceCancelled(invoice.number)
    if invoice.state is InvoiceState.PAID:
        raise AlreadyPaid(invoice.number)
    if amount > due:
        raise Overpaid(invoice.number, amount, due)


def _refuse_outdated(session: Session, invoice: Invoice) -> None:
    """Only where it can be made anew: nothing is paid, the patient has nothing of it, and the visit is signed."""
    if invoice.paid or with_patient(invoice) or invoice.visit_id is None:
        return
    signed = exists().where(Visit.id == Invoice.visit_id, Visit.state != VisitState.OPEN)
    if back := taken_back(session, invoice.id, signed):
        raise MadeAnewFirst(invoice.number, back)
