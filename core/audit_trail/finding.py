"""The records that somebody means who types a number: a patient with all that is theirs, a bill, a token, a batch."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from core import fields
from core.errors import Invalid
from core.models import (
    AuditEvent,
    Base,
    Batch,
    Invoice,
    Patient,
    PatientMerge,
    Prescription,
    PurchaseOrder,
    Token,
    User,
)
from core.words import say

_NUMBERS: Sequence[InstrumentedAttribute[str]] = (
    *(Invoice.number, Prescription.number, PurchaseOrder.number, Batch.number, User.username),
)
_TOKEN = re.compile(r"(?:token )?(\d{1,4})", re.IGNORECASE)
# What belongs to a patient, by the column that says so.
_THEIRS = ("visits", "invoices", "appointments", "tokens", "waiting_list", "documents", "advances")
_OF_VISITS = ("prescriptions", "vitals", "diagnoses", "visit_notes")


class NoSuchRecord(Invalid):
    def __init__(self, typed: str) -> None:
        super().__init__(
            {
                "record": say(
                    "No record has the number {typed}. Type an MRN, the number of a bill, a prescription, an order "
                    "or a batch, a user name, or the number of a token of these days.",
                    typed=typed,
                )
            }
        )


def events_of(session: Session, typed: str, first: date | None, last: date | None) -> ColumnElement[bool]:
    """Raises NoSuchRecord."""
    typed = fields.line(typed)
    meant = [_patient(session, typed), _numbered(session, typed), _token(session, typed, first, last)]
    if not any(ids for records in meant for ids in records.values()):
        raise NoSuchRecord(typed)
    return or_(
        false(),
        *(
            and_(AuditEvent.resource_type == table, AuditEvent.resource_id.in_(ids))
            for records in meant
            for table, ids in records.items()
            if ids
        ),
    )


def _patient(session: Session, mrn: str) -> dict[str, list[int]]:
    """With what was merged into their record, and the records that are theirs."""
    patient = session.scalar(select(Patient.id).where(Patient.mrn.in_({mrn, mrn.upper()})))
    if patient is None:
        return {}
    files = select(literal(patient, Patient.id.type).label("id")).cte(recursive=True)
    merged = (PatientMerge.survivor_id == files.c.id, PatientMerge.undone_at.is_(None))
    persons = list(session.scalars(select(files.union(select(PatientMerge.absorbed_id).where(*merged)).c.id)))
    tables = Base.metadata.tables
    theirs = [(name, tables[name].c.patient_id.in_(persons)) for name in _THEIRS]
    visits = select(tables["visits"].c.id).where(tables["visits"].c.patient_id.in_(persons))
    theirs += [(name, tables[name].c.visit_id.in_(visits)) for name in _OF_VISITS]
    rows = union_all(*(select(literal(name), tables[name].c.id).where(whose) for name, whose in theirs))
    return _by_table([("patients", person) for person in persons], session.execute(rows).all())


def _numbered(session: Session, number: str) -> dict[str, list[int]]:
    rows = union_all(
        *(
            select(literal(column.class_.__tablename__), column.class_.id).where(
                column.in_({number, number.upper(), number.lower()})
            )
            for column in _NUMBERS
        )
    )
    return _by_table(session.execute(rows).all())


def _token(session: Session, typed: str, first: date | None, last: date | None) -> dict[str, list[int]]:
    if not (known := _TOKEN.fullmatch(typed)) or not first or not last:
        return {}
    tokens = select(Token.id).where(Token.number == int(known[1]), Token.issued_on.between(first, last))
    return {Token.__tablename__: list(session.scalars(tokens))}


def _by_table(*rows: Sequence[Any]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for table, record in (row for some in rows for row in some):
        found.setdefault(table, []).append(record)
    return found
