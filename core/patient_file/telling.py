"""How each kind of entry is told: one statement for all of a page."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from core import billing
from core.documents import DocumentKind, DocumentRecord
from core.models import (
    Appointment,
    Diagnosis,
    Invoice,
    Medicine,
    Prescription,
    PrescriptionItem,
    Slot,
    Token,
    User,
    Visit,
    VisitNote,
    VisitReopening,
    Vitals,
)
from core.patient_file.records import Entry, Kind
from core.words import later, say

PAPERS = {DocumentKind.VISIT_SUMMARY: later("Visit summary"), DocumentKind.SICK_NOTE: later("Sick note")}
Moments = Mapping[int, datetime]  # by id: which entries are asked for, and when they were
Papers = Sequence[DocumentRecord]


class Teller(Protocol):
    def __call__(self, session: Session, at: Moments, papers: Papers, /) -> Iterator[Entry]: ...


def _visits(session: Session, at: Moments, _papers: Papers) -> Iterator[Entry]:
    standing = (Diagnosis.visit_id == Visit.id) & Diagnosis.struck_at.is_(None)
    diagnoses = select(_joined(Diagnosis.text, Diagnosis.id)).where(standing).correlate(Visit).scalar_subquery()
    found = select(Visit, User.name, diagnoses, _amended()).join(User, User.id == Visit.doctor_id)
    for visit, doctor, words, amended in session.execute(found.where(Visit.id.in_(at))):
        remark = say("Amended") if amended else ""
        title = words or say("No diagnosis")
        yield Entry(Kind.VISIT, visit.id, at[visit.id], title, doctor, visit.state, remark, visit_id=visit.id)


def _joined(words: InstrumentedAttribute[str], by: InstrumentedAttribute[int]) -> ColumnElement[str]:
    return func.aggregate_strings(words, ", ").aggregate_order_by(by)


def _amended() -> ColumnElement[bool]:
    """Added to or struck after the signature, or opened once more."""
    found = [exists().where(VisitReopening.visit_id == Visit.id)]
    found += [exists().where(VisitNote.visit_id == Visit.id, VisitNote.reason != "")]
    for table in (Vitals, Diagnosis):
        found += [exists().where(table.visit_id == Visit.id, (table.reason != "") | table.struck_at.is_not(None))]
    return or_(*found)


def _prescriptions(session: Session, at: Moments, papers: Papers) -> Iterator[Entry]:
    printed = {paper.prescription_id: paper.address for paper in papers}
    newer, older = aliased(Prescription), aliased(Prescription)
    medicines = (
        select(_joined(Medicine.name, PrescriptionItem.id))
        .select_from(Medicine)
        .join(PrescriptionItem, PrescriptionItem.medicine_id == Medicine.id)
        .where(PrescriptionItem.prescription_id == Prescription.id)
        .correlate(Prescription)
        .scalar_subquery()
    )
    found = (
        select(Prescription, User.name, medicines, newer.number, older.number)
        .join(User, User.id == Prescription.issued_by_id)
        .outerjoin(newer, newer.replaces_id == Prescription.id)
        .outerjoin(older, older.id == Prescription.replaces_id)
        .where(Prescription.id.in_(at))
    )
    for one, doctor, names, replaced_by, replaces in session.execute(found):
        title = f"{one.number} · {names}"
        remark = say("Replaces {number}", number=replaces) if replaces else ""
        if replaced_by:
            remark = say("Replaced by {number}", number=replaced_by)
        paper, seen_in = printed.get(one.id, ""), one.visit_id
        yield Entry(Kind.PRESCRIPTION, one.id, at[one.id], title, doctor, one.state, remark, seen_in, paper)


def _bills(session: Session, at: Moments, _papers: Papers) -> Iterator[Entry]:
    for card in billing.list_where(session, Invoice.id.in_(at)):
        bill_id, total, due = card.invoice_id, card.total, card.due
        yield Entry(Kind.BILL, bill_id, at[bill_id], card.number, state=card.state, total=total, due=due)


def _papers(_session: Session, at: Moments, papers: Papers) -> Iterator[Entry]:
    for one in papers:
        if moment := at.get(one.document_id):
            title, remark = say(PAPERS[one.kind]), "" if one.stands else say("Taken back")
            what = (Kind.PAPER, one.document_id, moment, title, one.issued_by)
            yield Entry(*what, None, remark, one.visit_id, one.address)


def _appointments(session: Session, at: Moments, _papers: Papers) -> Iterator[Entry]:
    found = (
        select(Appointment, User.name)
        .join(Slot, Slot.id == Appointment.slot_id)
        .join(User, User.id == Slot.doctor_id)
        .where(Appointment.id.in_(at))
    )
    for one, doctor in session.execute(found):
        yield Entry(Kind.APPOINTMENT, one.id, at[one.id], say("Appointment"), doctor, one.state, one.reason)


def _tokens(session: Session, at: Moments, _papers: Papers) -> Iterator[Entry]:
    found = select(Token, User.name).outerjoin(User, User.id == Token.doctor_id).where(Token.id.in_(at))
    for one, doctor in session.execute(found):
        yield Entry(Kind.TOKEN, one.id, at[one.id], say("Token {number}", number=one.number), doctor or "", one.state)


TOLD: dict[Kind, Teller] = {
    Kind.VISIT: _visits,
    Kind.PRESCRIPTION: _prescriptions,
    Kind.BILL: _bills,
    Kind.PAPER: _papers,
    Kind.APPOINTMENT: _appointments,
    Kind.TOKEN: _tokens,
}
