"""Two records of one person become one.

Everything that hangs on the record that goes (visits, bills, advances, papers, tokens …) moves to the one that
stays; the other is archived and points there. `PatientMerge.moved` keeps what moved and which fields changed, for
undoing.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from core import audit, clinic, clock
from core.errors import Conflict
from core.models import (
    OPEN_TOKEN_STATES,
    Appointment,
    AppointmentState,
    Patient,
    PatientMerge,
    Slot,
    Token,
    User,
    Visit,
    VisitState,
    WaitingListEntry,
)
from core.patients.differences import Difference, Keep, chosen, differences
from core.patients.hanging import give, hanging_on, in_words, ledger, lock
from core.patients.records import PatientCard, card_of, existing, locked, make_findable
from core.patients.registering import AlreadyArchived, without_clinical_text
from core.permissions import Actor, Permission, require
from core.words import say


class CannotMerge(Conflict):
    """The two records cannot become one at this moment."""


@dataclass(frozen=True)
class MergePreview:
    """What would happen. `moves` is in words ("2 visits"); `problem` says why it cannot be done now, if so."""

    stays: PatientCard
    goes: PatientCard
    moves: tuple[str, ...]
    differences: tuple[Difference, ...]
    problem: str | None


@dataclass(frozen=True)
class MergeRecord:
    merge_id: int
    stays: PatientCard
    goes: PatientCard
    moved: tuple[str, ...]
    merged_by: str
    merged_at: datetime
    undone_at: datetime | None


def preview_merge(session: Session, actor: Actor, stays_id: int, goes_id: int) -> MergePreview:
    """Raises NotFound."""
    require(actor, Permission.MERGE_PATIENTS)
    stays, goes = existing(session, stays_id), existing(session, goes_id)
    moves = in_words({name: len(ids) for name, ids in hanging_on(session, goes_id).items()})
    return MergePreview(card_of(stays), card_of(goes), moves, differences(stays, goes), _problem(session, stays, goes))


def merge(
    session: Session, actor: Actor, stays_id: int, goes_id: int, choices: Mapping[str, Keep] | None = None
) -> MergeRecord:
    """The second record becomes part of the first. `choices` by field; the proposal stands for the others.

    Raises CannotMerge.
    """
    require(actor, Permission.MERGE_PATIENTS)
    lock(session, hanging_on(session, goes_id))
    both = {patient_id: locked(session, patient_id) for patient_id in sorted({stays_id, goes_id})}
    stays, goes = both[stays_id], both[goes_id]
    if problem := _problem(session, stays, goes):
        raise CannotMerge(problem)
    rows = hanging_on(session, goes_id)
    lock(session, rows, nowait=True)
    give(session, rows, stays_id)
    changed = audit.assign(stays, **chosen(stays, goes, choices or {}))
    make_findable(stays)
    stays.last_visit_at = max(filter(None, (stays.last_visit_at, goes.last_visit_at)), default=None)
    gone = audit.assign(goes, archived_at=clock.now(), merged_into_id=stays_id, advance=ledger(session, goes))
    stays.advance = ledger(session, stays)
    moved = {"rows": rows, "fields": audit.jsonable(changed)}
    done = PatientMerge(
        survivor_id=stays_id, absorbed_id=goes_id, merged_by_id=actor.user_id, merged_at=clock.now(), moved=moved
    )
    session.add(done)
    audit.record(session, actor, audit.UPDATE, "patient.merged", goes, gone)
    if changed:
        audit.record(session, actor, audit.UPDATE, "patient.amended", stays, without_clinical_text(changed))
    return record_of(session, done)


def list_merges(session: Session, actor: Actor, limit: int = 20) -> list[MergeRecord]:
    """Newest first, undone ones too."""
    require(actor, Permission.MERGE_PATIENTS)
    return [_to_record(row) for row in session.execute(_merges().order_by(PatientMerge.id.desc()).limit(limit))]


def _problem(session: Session, stays: Patient, goes: Patient) -> str | None:
    if stays.id == goes.id:
        return say("This is one and the same record.")
    for patient in (stays, goes):
        if patient.archived_at:
            return str(AlreadyArchived(patient.mrn))
    if session.scalar(select(Visit.id).where(Visit.patient_id == goes.id, Visit.state == VisitState.OPEN).limit(1)):
        return say("A visit of {name} ({mrn}) is still open. Merge once it is completed.", name=goes.name, mrn=goes.mrn)
    waits = (Token.patient_id == goes.id, Token.issued_on == clock.today(), Token.state.in_(OPEN_TOKEN_STATES))
    if number := session.scalar(select(Token.number).where(*waits)):
        return say(
            "{name} ({mrn}) is in today's queue with token {number}. Keep that record, or merge later.",
            name=goes.name,
            mrn=goes.mrn,
            number=number,
        )
    return _clash(session, stays, goes)


def _clash(session: Session, stays: Patient, goes: Patient) -> str | None:
    """Nobody can come twice at the same time, or wait twice for the same day."""
    one, other, slot, second = aliased(Appointment), aliased(Appointment), aliased(Slot), aliased(Slot)
    open_states = (AppointmentState.BOOKED, AppointmentState.ARRIVED)
    twice = (
        select(slot.starts_at)
        .select_from(one)
        .join(slot, slot.id == one.slot_id)
        .join(other, other.patient_id == goes.id)
        .join(second, second.id == other.slot_id)
        .where(one.patient_id == stays.id, one.state.in_(open_states), other.state.in_(open_states))
        .where(slot.starts_at < second.ends_at, slot.ends_at > second.starts_at)
    )
    if starts := session.scalar(twice.limit(1)):
        at = clinic.profile(session).moment(starts)
        return say("Both records are booked for {at}. Cancel one of the appointments first.", at=at)
    wish, another = aliased(WaitingListEntry), aliased(WaitingListEntry)
    both = (
        select(wish.wanted_on)
        .join(another, another.wanted_on == wish.wanted_on)
        .where(wish.patient_id == stays.id, another.patient_id == goes.id)
        .where(wish.doctor_id.is_not_distinct_from(another.doctor_id))
        .where(wish.settled_at.is_(None), another.settled_at.is_(None))
    )
    if day := session.scalar(both.limit(1)):
        when = clinic.profile(session).day(day)
        return say("Both records are on the waiting list of {day}. Take one of them off it first.", day=when)
    return None


def record_of(session: Session, done: PatientMerge) -> MergeRecord:
    session.flush()
    return _to_record(session.execute(_merges().where(PatientMerge.id == done.id)).one())


def _merges() -> Select[PatientMerge, Patient, Patient, str]:
    stays, goes = aliased(Patient), aliased(Patient)
    return (
        select(PatientMerge, stays, goes, User.name)
        .join(stays, stays.id == PatientMerge.survivor_id)
        .join(goes, goes.id == PatientMerge.absorbed_id)
        .join(User, User.id == PatientMerge.merged_by_id)
    )


def _to_record(row: Row[PatientMerge, Patient, Patient, str]) -> MergeRecord:
    done, stays, goes, merged_by = row
    moved = in_words({name: len(ids) for name, ids in done.moved["rows"].items()})
    return MergeRecord(done.id, card_of(stays), card_of(goes), moved, merged_by, done.merged_at, done.undone_at)
