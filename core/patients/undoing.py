"""Two records that became one are two again: the merge was a mistake.

What moved goes back, with whatever was added to it since; what came to the person otherwise stays where it is.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, clinic, clock
from core.errors import Conflict, NotFound
from core.models import (
    OPEN_TOKEN_STATES,
    Document,
    Invoice,
    Patient,
    PatientMerge,
    Token,
    Visit,
    VisitState,
    WaitingListEntry,
)
from core.patients.differences import before
from core.patients.hanging import MOVED, give, ledger, lock
from core.patients.merging import MergeRecord, record_of
from core.patients.records import locked, make_findable
from core.patients.registering import without_clinical_text
from core.permissions import Actor, Permission, require
from core.words import say


class CannotUndo(Conflict):
    """The merge cannot be taken back at this moment."""


def undo_merge(session: Session, actor: Actor, merge_id: int) -> MergeRecord:
    """Two records again. A field that was amended since keeps what was written then. Raises NotFound or CannotUndo."""
    require(actor, Permission.MERGE_PATIENTS)
    done = session.get(PatientMerge, merge_id)
    if done is None:
        raise NotFound("merge", merge_id)
    rows = _going_back(session, done)
    lock(session, rows)
    both = {key: locked(session, key) for key in sorted((done.survivor_id, done.absorbed_id))}
    session.refresh(done, with_for_update=True)
    stays, goes = both[done.survivor_id], both[done.absorbed_id]
    rows = _going_back(session, done)  # again, now that nothing more can be added
    lock(session, rows, nowait=True)
    _check_undo(session, done, stays, rows)
    give(session, rows, goes.id)
    left = ledger(session, stays)
    _check_left(session, left, stays, goes)
    changed = audit.assign(stays, **before(stays, done.moved["fields"]))
    make_findable(stays)
    back = audit.assign(goes, archived_at=None, merged_into_id=None, advance=ledger(session, goes))
    stays.advance = left
    done.undone_at = clock.now()
    for patient in (stays, goes):
        patient.last_visit_at = _last_visit(session, patient)
    audit.record(session, actor, audit.UPDATE, "patient.merge_undone", goes, back)
    if changed:
        audit.record(session, actor, audit.UPDATE, "patient.amended", stays, without_clinical_text(changed))
    return record_of(session, done)


def _going_back(session: Session, done: PatientMerge) -> dict[str, list[int]]:
    """What moved, and what has been added to it since: the bill of a visit goes where the visit goes."""
    back = {model.__tablename__: set(done.moved["rows"].get(model.__tablename__, [])) for model in MOVED}
    found = select(WaitingListEntry.appointment_id).where(WaitingListEntry.id.in_(back["waiting_list"]))
    back["appointments"] |= set(session.scalars(found)) - {None}
    for name, model, of, ids in (
        ("tokens", Token, Token.appointment_id, "appointments"),
        ("visits", Visit, Visit.token_id, "tokens"),
        ("invoices", Invoice, Invoice.visit_id, "visits"),
        ("documents", Document, Document.visit_id, "visits"),
    ):
        back[name] |= set(session.scalars(select(model.id).where(of.in_(back[ids]))))
    return {name: sorted(ids) for name, ids in back.items()}


def _check_undo(session: Session, done: PatientMerge, stays: Patient, rows: Mapping[str, list[int]]) -> None:
    if done.undone_at:
        raise CannotUndo(say("This merge was undone already."))
    if stays.merged_into_id is not None:
        raise CannotUndo(
            say("{name} ({mrn}) has itself been merged since. Undo that first.", name=stays.name, mrn=stays.mrn)
        )
    at_work = select(Visit.id).where(Visit.id.in_(rows["visits"]), Visit.state == VisitState.OPEN)
    waiting = select(Token.id).where(Token.id.in_(rows["tokens"]), Token.state.in_(OPEN_TOKEN_STATES))
    if session.scalar(at_work.limit(1)) or session.scalar(waiting.where(Token.issued_on == clock.today()).limit(1)):
        raise CannotUndo(
            say("{name} is in today's queue or with the doctor. Undo it once the visit is over.", name=stays.name)
        )


def _check_left(session: Session, left: Decimal, stays: Patient, goes: Patient) -> None:
    """Of the advance, once that of the other has gone back."""
    if left < 0:
        raise CannotUndo(
            say(
                "{amount} of the advance that would go back to {goes} has been spent since by {stays}. Receive "
                "{amount} as an advance of {stays} first.",
                amount=clinic.profile(session).figures(-left),
                goes=goes.mrn,
                stays=stays.mrn,
            )
        )


def _last_visit(session: Session, patient: Patient) -> datetime | None:
    return session.scalar(select(func.max(Visit.completed_at)).where(Visit.patient_id == patient.id))
