"""A bill whose medicines became others after it was made.

While it is not fully paid it is changed in place. Otherwise what is owed of it is given back on a credit note, and a
supplementary bill charges what stands. A visit keeps one bill; supplements hang on it one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from core import audit
from core.billing import locking, records
from core.billing.correcting import BelowPaid, rewrite
from core.billing.invoices import issue
from core.billing.lines import same_line
from core.billing.payments import take
from core.billing.records import CreditNoteRecord, InvoiceRecord
from core.billing.refunds import NothingPaid, RefundTooMuch, give_back
from core.billing.shares import share
from core.errors import Conflict
from core.models import Invoice, InvoiceLine, InvoiceState, PaymentMethod
from core.permissions import Actor, Permission, require
from core.words import say


class RestDueFirst(Conflict):
    """A bill that is not fully paid, on which lines that came to more than was paid would be given back."""

    def __init__(self, number: str, due: Decimal) -> None:
        self.due = due
        super().__init__(
            say(
                "More would have to be given back than was paid for bill {number}, of which {due:,} is still "
                "due. Take the {due:,} first: then all of it is given back.",
                number=number,
                due=due,
            )
        )


@dataclass(frozen=True)
class Settled:
    """What was given back, and the bill against which medicines are handed over now; None where there is none."""

    credit_note: CreditNoteRecord | None
    bill: InvoiceRecord | None


@dataclass(frozen=True)
class Exchange:
    """What of a bill goes, what comes instead, and why. Each of `come` says what it is left of (None: it is new)."""

    go: Sequence[InvoiceLine]
    come: Sequence[tuple[InvoiceLine | None, InvoiceLine]]
    reason: str


def exchange(
    session: Session, actor: Actor, invoice: Invoice, what: Exchange, method: PaymentMethod, reference: str = ""
) -> Settled:
    """For workflows that hold the visit and the bill. Raises RestDueFirst or DayClosed."""
    require(actor, Permission.SIGN_IN)
    if _in_place(session, actor, invoice, what):
        return Settled(None, records.full(session, invoice.id))
    last = locking.last_supplement(session, invoice)
    note = _given_back(session, actor, invoice, what, method, reference)
    return Settled(note, _supplement(session, actor, last, [line for was, line in what.come if was is None], note))


def _in_place(session: Session, actor: Actor, invoice: Invoice, what: Exchange) -> bool:
    """Whether the bill itself could be changed: it is not paid, nothing of the lines was, and enough is left on it."""
    others = [line for line in invoice.lines if line not in what.go]
    clash = {line.medicine_id for line in others} & {line.medicine_id for _, line in what.come} - {None}
    if invoice.state is not InvoiceState.ISSUED or clash or any(line.refunded for line in what.go):
        return False
    try:
        rewrite(session, actor, invoice, [*((line, same_line(line)) for line in others), *what.come])
    except BelowPaid:
        return False
    return True


def _given_back(
    session: Session, actor: Actor, invoice: Invoice, what: Exchange, method: PaymentMethod, reference: str
) -> CreditNoteRecord | None:
    """Everything of these lines that the patient does not have. What was free is called off without a note."""
    units = {line: count for line in what.go if (count := records.line_record(line).refundable)}
    if any(share(line, line.refunded, count).amount for line, count in units.items()):
        quantities = {line.id: count for line, count in units.items()}
        try:
            return give_back(session, actor, invoice, quantities, method, what.reason, reference)
        except (NothingPaid, RefundTooMuch) as refusal:
            raise RestDueFirst(invoice.number, invoice.total - invoice.paid) from refusal
    for line in units:
        line.call_off(line.owed, what.reason)
    called_off: audit.Changes = {"called_off": (None, [line.id for line in units])}
    records.note(session, actor, "invoice.called_off", invoice, called_off)
    return None


def _supplement(
    session: Session, actor: Actor, last: Invoice, lines: list[InvoiceLine], note: CreditNoteRecord | None
) -> InvoiceRecord | None:
    if not lines:
        return None
    bill = issue(session, actor, last.patient_id, lines, visit_id=last.visit_id, supplements_id=last.id)
    if note and note.method is PaymentMethod.ADVANCE and bill.total:
        made = locking.locked(session, bill.invoice_id)
        take(session, actor, made, min(note.amount, bill.total), PaymentMethod.ADVANCE)
    return records.full(session, bill.invoice_id)
