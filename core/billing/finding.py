"""Any bill, whatever became of it: by its number, by a credit note's, or by whose it is."""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from core import clinic, clock, fields, patients
from core.billing import records
from core.billing.records import InvoiceCard
from core.models import CreditNote, Invoice
from core.permissions import Actor, Permission, require

MOST_PATIENTS, LONGEST_SEQUENCE = 5, 6  # a longer row of digits is a phone


def find(session: Session, actor: Actor, term: str, limit: int = 10) -> list[InvoiceCard]:
    """Newest first. "17" is the seventeenth bill of this financial year or the one before."""
    require(actor, Permission.SEE_BILLS)
    term = fields.line(term)
    if not term:
        return []
    which = or_(*_by_number(session, term), *_by_patient(session, actor, term))
    found = select(Invoice).where(which).options(joinedload(Invoice.patient)).order_by(Invoice.id.desc()).limit(limit)
    return [records.card(invoice, invoice.patient) for invoice in session.scalars(found)]


def _by_number(session: Session, term: str) -> list[ColumnElement[bool]]:
    if "/" in term:
        # Asked for by itself: with a select inside of it, the search would read every bill.
        of_note = session.scalars(select(CreditNote.invoice_id).where(CreditNote.number == term.upper())).all()
        return [Invoice.number == term, Invoice.id.in_(of_note)]
    if term.isascii() and term.isdigit() and len(term) <= LONGEST_SEQUENCE:
        year = clinic.profile(session).financial_year(clock.today())
        return [Invoice.financial_year.in_((year - 1, year)) & (Invoice.sequence == int(term))]
    return []


def _by_patient(session: Session, actor: Actor, term: str) -> list[ColumnElement[bool]]:
    cards = [] if "/" in term else patients.search(session, actor, term, limit=MOST_PATIENTS)
    return [Invoice.patient_id.in_([card.patient_id for card in cards])]
