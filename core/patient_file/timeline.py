"""Which entries there are, and a page of them."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, literal, select, true, union_all
from sqlalchemy.orm import Session

from core import documents, patients
from core.models import Appointment, Document, DocumentKind, Invoice, Prescription, Slot, Token, Visit
from core.patient_file.records import NEEDS, Entry, Kind, Timeline
from core.patient_file.telling import TOLD
from core.permissions import Actor, Permission, allowed, require

PAGE = 25
_WITH_PAPERS = {Kind.PRESCRIPTION, Kind.PAPER}


def timeline(session: Session, actor: Actor, patient_id: int, kinds: Collection[Kind] = (), page: int = 1) -> Timeline:
    """`kinds` narrow it down; pages count from 1. One statement, one for each kind on the page, one for its papers.

    Whoever may see what is clinical sees nothing at all outside the own work: raises ReasonNeeded.
    """
    require(actor, Permission.SEE_PATIENTS)
    visible = [kind for kind, permission in NEEDS.items() if allowed(actor, permission)]
    guarded = Kind.VISIT in visible
    everything = _everything(session, patient_id, visible, patients.open_to(actor, patient_id) if guarded else true())
    if guarded and not everything:
        patients.check_open(session, actor, patient_id)
    counts = Counter(kind for kind, *_ in everything)
    wanted = [place for place in everything if not kinds or place[0] in kinds]
    shown = wanted[(page - 1) * PAGE : page * PAGE]
    of_kinds = {kind for kind, *_ in shown}
    papers = documents.list_of_patient(session, actor, patient_id) if of_kinds & _WITH_PAPERS else []
    told: dict[tuple[Kind, int], Entry] = {}
    for kind in of_kinds:
        at = {entry_id: at for of, entry_id, at in shown if of is kind}
        told |= {(kind, entry.entry_id): entry for entry in TOLD[kind](session, at, papers)}
    entries = (told[kind, entry_id] for kind, entry_id, _ in shown)
    return Timeline(tuple(entries), {kind: counts[kind] for kind in visible}, -(-len(wanted) // PAGE))


def _everything(
    session: Session, patient_id: int, kinds: Iterable[Kind], readable: ColumnElement[bool]
) -> list[tuple[Kind, int, datetime]]:
    """All there is, newest first."""
    parts = [_found(patient_id, Kind.VISIT in kinds)[kind].add_columns(literal(kind.value)) for kind in kinds]
    rows = union_all(*parts).subquery()
    entry_id, at, kind = rows.c
    found = session.execute(select(kind, entry_id, at).where(readable).order_by(at.desc(), kind, entry_id.desc()))
    return [(Kind(kind), entry_id, at) for kind, entry_id, at in found]


def _found(patient_id: int, sees_visits: bool) -> dict[Kind, Select[int, datetime]]:
    """Id and moment."""
    came = exists().where(Token.appointment_id == Appointment.id)
    seen = exists().where(Visit.token_id == Token.id, literal(sees_visits))
    return {
        Kind.VISIT: select(Visit.id, Visit.started_at).where(Visit.patient_id == patient_id),
        Kind.PRESCRIPTION: select(Prescription.id, Prescription.issued_at)
        .join(Visit, Visit.id == Prescription.visit_id)
        .where(Visit.patient_id == patient_id),
        Kind.BILL: select(Invoice.id, Invoice.issued_at).where(Invoice.patient_id == patient_id),
        Kind.PAPER: select(Document.id, Document.issued_at).where(
            Document.patient_id == patient_id, Document.kind != DocumentKind.PRESCRIPTION
        ),
        Kind.APPOINTMENT: select(Appointment.id, Slot.starts_at)
        .join(Slot, Slot.id == Appointment.slot_id)
        .where(Appointment.patient_id == patient_id, ~came),
        Kind.TOKEN: select(Token.id, Token.issued_at).where(Token.patient_id == patient_id, ~seen),
    }
