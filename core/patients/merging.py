"""Two records of one person become one, and two again if that was a mistake.

Everything that hangs on the record that goes (visits, bills, advances, papers, tokens …) moves to the one that
stays; the other is archived and points there. `PatientMerge.moved` keeps what moved and which fields changed. Undoing
gives back exactly that, with whatever was added to it since; what came to the person otherwise stays where it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.orm import Session, aliased

from core import audit, clinic, clock
from core.errors import Conflict, NotFound
from core.models import (
    OPEN_TOKEN_STATES,
    Advance,
    Appointment,
    AppointmentState,
    Document,
    Invoice,
    Patient,
    PatientMerge,
    Slot,
    Token,
    User,
    Visit,
    VisitState,
    WaitingListEntry,
)
from core.patients.differences import Difference, Keep, before, chosen, differences
from core.patients.records import PatientCard, card_of, existing, locked, make_findable
from core.patients.registering import AlreadyArchived, without_clinical_text
from core.permissions import Actor, Permission, require
from core.words import say, say_count

# In the order in which they are locked, as the workflows lock them: what hangs on a patient, then the patient. A wish
# on the waiting list and what moved an advance come after: whoever writes one holds its patient.
_LOCKED = (Appointment, Visit, Token, Invoice, Document)
_MOVED = (*_LOCKED, WaitingListEntry, Advance)
_WORDS: dict[str, Callable[[int], str]] = {
    "appointments": lambda n: say_count(n, "{count} appointment", "{count} appointments"),
    "tokens": lambda n: say_count(n, "{count} token", "{count} tokens"),
    "visits": lambda n: say_count(n, "{count} visit", "{count} visits"),
    "invoices": lambda n: say_count(n, "{count} bill", "{count} bills"),
    "documents": lambda n: say_count(n, "{count} paper", "{count} papers"),
    "waiting_list": lambda n: say_count(n, "{count} wish on the waiting list", "{count} wishes on the waiting list"),
    "advances": lambda n: say_count(n, "{count} entry of the advance", "{count} entries of the advance"),
}


class CannotMerge(Conflict):
    """The two records cannot become one at this moment."""


class CannotUndo(Conflict):
    """The merge cannot be taken back at this moment."""


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
    moves = _in_words({name: len(ids) for name, ids in _hanging_on(session, goes_id).items()})
    return MergePreview(card_of(stays), card_of(goes), moves, differences(stays, goes), _problem(session, stays, goes))


def merge(
    session: Session, actor: Actor, stays_id: int, goes_id: int, choices: Mapping[str, Keep] | None = None
) -> MergeRecord:
    """The second record becomes part of the first. `choices` by field; the proposal stands for the others.

    Raises CannotMerge.
    """
    require(actor, Permission.MERGE_PATIENTS)
    _lock(session, _hanging_on(session, goes_id))
    both = {patient_id: locked(session, patient_id) for patient_id in sorted({stays_id, goes_id})}
    stays, goes = both[stays_id], both[goes_id]
    if problem := _problem(session, stays, goes):
        raise CannotMerge(problem)
    rows = _hanging_on(session, goes_id)
    _lock(session, rows, nowait=True)
    _give(session, rows, stays_id)
    changed = audit.assign(stays, **chosen(stays, goes, choices or {}))
    make_findable(stays)
    stays.last_visit_at = max(filter(None, (stays.last_visit_at, goes.last_visit_at)), default=None)
    gone = audit.assign(goes, archived_at=clock.now(), merged_into_id=stays_id, advance=_advance(session, goes))
    stays.advance = _advance(session, stays)
    moved = {"rows": rows, "fields": audit.jsonable(changed)}
    done = PatientMerge(
        survivor_id=stays_id, absorbed_id=goes_id, merged_by_id=actor.user_id, merged_at=clock.now(), moved=moved
    )
    session.add(done)
    audit.record(session, actor, audit.UPDATE, "patient.merged", goes, gone)
    if changed:
        audit.record(session, actor, audit.UPDATE, "patient.amended", stays, without_clinical_text(changed))
    return _record(session, done)


def undo_merge(session: Session, actor: Actor, merge_id: int) -> MergeRecord:
    """Two records again. A field that was amended since keeps what was written then. Raises NotFound or CannotUndo."""
    require(actor, Permission.MERGE_PATIENTS)
    done = session.get(PatientMerge, merge_id)
    if done is None:
        raise NotFound("merge", merge_id)
    rows = _going_back(session, done)
    _lock(session, rows)
    both = {key: locked(session, key) for key in sorted((done.survivor_id, done.absorbed_id))}
    session.refresh(done, with_for_update=True)
    stays, goes = both[done.survivor_id], both[done.absorbed_id]
    rows = _going_back(session, done)  # again, now that nothing more can be added
    _lock(session, rows, nowait=True)
    _check_undo(session, done, stays, rows)
    _give(session, rows, goes.id)
    left = _advance(session, stays)
    if left < 0:
        raise CannotUndo(
            say(
                "{amount} of the advance that would go back to {goes} has been spent since by {stays}. Receive "
                "{amount} as an advance of {stays} first.",
                amount=clinic.profile(session).figures(-left), goes=goes.mrn, stays=stays.mrn,
            )
        )  # fmt: skip
    changed = audit.assign(stays, **before(stays, done.moved["fields"]))
    make_findable(stays)
    back = audit.assign(goes, archived_at=None, merged_into_id=None, advance=_advance(session, goes))
    stays.advance = left
    done.undone_at = clock.now()
    for patient in (stays, goes):
        patient.last_visit_at = _last_visit(session, patient)
    audit.record(session, actor, audit.UPDATE, "patient.merge_undone", goes, back)
    if changed:
        audit.record(session, actor, audit.UPDATE, "patient.amended", stays, without_clinical_text(changed))
    return _record(session, done)


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


def _hanging_on(session: Session, patient_id: int) -> dict[str, list[int]]:
    """Ids by table of what belongs to a record."""
    ids = {model: select(model.id).where(model.patient_id == patient_id).order_by(model.id) for model in _MOVED}
    return {model.__tablename__: list(session.scalars(found)) for model, found in ids.items()}


def _lock(session: Session, rows: Mapping[str, list[int]], *, nowait: bool = False) -> None:
    """Whatever hangs on a record comes before the record. What was added while that was waited for is not waited for
    again: whoever holds it may be waiting for the record."""
    for model in _LOCKED:
        ids = select(model.id).where(model.id.in_(rows[model.__tablename__])).order_by(model.id)
        session.scalars(ids.with_for_update(nowait=nowait)).all()


def _give(session: Session, rows: Mapping[str, list[int]], patient_id: int) -> None:
    session.flush()
    for model in _MOVED:
        ids = rows[model.__tablename__]
        session.execute(update(model).where(model.id.in_(ids)).values(patient_id=patient_id))


def _going_back(session: Session, done: PatientMerge) -> dict[str, list[int]]:
    """What moved, and what has been added to it since: the bill of a visit goes where the visit goes."""
    back = {name: set(done.moved["rows"].get(name, [])) for name in _WORDS}
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


def _last_visit(session: Session, patient: Patient) -> datetime | None:
    return session.scalar(select(func.max(Visit.completed_at)).where(Visit.patient_id == patient.id))


def _advance(session: Session, patient: Patient) -> Decimal:
    """What the ledger comes to."""
    total = func.coalesce(func.sum(Advance.change), Decimal("0.00"))
    return session.scalars(select(total).where(Advance.patient_id == patient.id)).one()


def _in_words(counts: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(_WORDS[name](count) for name, count in counts.items() if count)


def _record(session: Session, done: PatientMerge) -> MergeRecord:
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
    moved = _in_words({name: len(ids) for name, ids in done.moved["rows"].items()})
    return MergeRecord(done.id, card_of(stays), card_of(goes), moved, merged_by, done.merged_at, done.undone_at)
