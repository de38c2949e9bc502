"""What the doctor finds: vitals, diagnoses, notes. Notes are added to and amended, never overwritten."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core import audit, clock, fields, icd10
from core.errors import Conflict, NotFound, check
from core.measurements import Measurements, checked
from core.models import AuditAction, Diagnosis, Visit, VisitNote, VisitState, Vitals
from core.permissions import Actor, Permission, require
from core.visits.course import VisitLocked, locked_open, locked_own
from core.visits.records import DiagnosisRecord, NoteRecord, VitalsRecord, note_record, vitals_record
from core.visits.trends import ask

MOST_NOTE = 10_000


class DiagnosisThere(Conflict):
    def __init__(self, code: str) -> None:
        super().__init__(f"{code} is already among the diagnoses of this visit.")


class CodedAlready(Conflict):
    def __init__(self, code: str) -> None:
        super().__init__(f"This visit has the code {code}. Write what has changed since as a note with a reason.")


class NoteAmended(Conflict):
    def __init__(self) -> None:
        super().__init__("This note has been amended already. Amend the newer text.")


def record_vitals(
    session: Session, actor: Actor, visit_id: int, measured: Measurements, *, sure: bool = False
) -> VitalsRecord:
    """One set of measurements. Raises Invalid with everything implausible, naming a mistaken unit.

    What is plausible in another unit, too, is Doubtful unless the doctor is `sure`.
    """
    require(actor, Permission.CONSULT)
    visit = locked_open(session, actor, visit_id)
    values = checked(measured)
    if not sure:
        ask(session, visit, measured)
    vitals = Vitals(visit_id=visit_id, recorded_at=clock.now(), recorded_by_id=actor.user_id, **values)
    session.add(vitals)
    _record(session, actor, audit.CREATE, "vitals.recorded", visit, vitals)
    return vitals_record(vitals, actor.name)


def add_diagnosis(session: Session, actor: Actor, visit_id: int, code: str, text: str = "") -> DiagnosisRecord:
    """An ICD-10 code, with the doctor's own words or else its title. Raises DiagnosisThere or Invalid."""
    require(actor, Permission.CONSULT)
    visit = locked_open(session, actor, visit_id)
    diagnosis = _diagnosed(session, actor, visit, code, text)
    _record(session, actor, audit.CREATE, "diagnosis.added", visit, diagnosis)
    return DiagnosisRecord(diagnosis.id, diagnosis.code, diagnosis.text)


def code_late(session: Session, actor: Actor, visit_id: int, code: str) -> DiagnosisRecord:
    """The code of an own visit that was completed without one. Raises CodedAlready, VisitLocked or Invalid."""
    require(actor, Permission.CONSULT)
    visit = locked_own(session, actor, visit_id)
    if visit.state is VisitState.CANCELLED:
        raise VisitLocked(visit)
    if coded := session.scalar(select(Diagnosis.code).where(Diagnosis.visit_id == visit_id).limit(1)):
        raise CodedAlready(coded)
    diagnosis = _diagnosed(session, actor, visit, code, "")
    days = {clock.day_of(visit.started_at)}
    audit.record(session, actor, audit.CREATE, "diagnosis.added_late", diagnosis, days=days, visit_id=visit_id)
    return DiagnosisRecord(diagnosis.id, diagnosis.code, diagnosis.text)


def _diagnosed(session: Session, actor: Actor, visit: Visit, code: str, text: str) -> Diagnosis:
    known, text = icd10.find(code), fields.line(text)
    check(
        code=None if known else f"{fields.line(code)[:20] or 'An empty text'} is not an ICD-10 code.",
        text=fields.length_problem(text, "The text of the diagnosis", 500),
    )
    assert known is not None
    if session.scalar(select(exists().where(Diagnosis.visit_id == visit.id, Diagnosis.code == known.code))):
        raise DiagnosisThere(known.code)
    diagnosis = Diagnosis(
        visit_id=visit.id,
        code=known.code,
        text=text or known.title,
        recorded_at=clock.now(),
        recorded_by_id=actor.user_id,
    )
    session.add(diagnosis)
    return diagnosis


def remove_diagnosis(session: Session, actor: Actor, visit_id: int, diagnosis_id: int) -> None:
    """Take a diagnosis back while the visit is open."""
    require(actor, Permission.CONSULT)
    visit = locked_open(session, actor, visit_id)
    diagnosis = session.get(Diagnosis, diagnosis_id)
    if diagnosis is None or diagnosis.visit_id != visit_id:
        raise NotFound("diagnosis", diagnosis_id)
    session.delete(diagnosis)
    _record(session, actor, audit.DELETE, "diagnosis.removed", visit, diagnosis)


def add_note(session: Session, actor: Actor, visit_id: int, body: str, reason: str = "") -> NoteRecord:
    """After completion a note needs a reason; without one it raises VisitLocked."""
    require(actor, Permission.CONSULT)
    visit = locked_own(session, actor, visit_id)
    return _write(session, actor, visit, body, reason, amends=None)


def amend_note(session: Session, actor: Actor, note_id: int, body: str, reason: str = "") -> NoteRecord:
    """A new text in place of an earlier one, which stays readable. Raises NoteAmended if another already does."""
    require(actor, Permission.CONSULT)
    note = session.get(VisitNote, note_id)
    if note is None:
        raise NotFound("note", note_id)
    visit = locked_own(session, actor, note.visit_id)
    if session.scalar(select(exists().where(VisitNote.amends_id == note_id))):
        raise NoteAmended
    return _write(session, actor, visit, body, reason, amends=note_id)


def _write(session: Session, actor: Actor, visit: Visit, body: str, reason: str, amends: int | None) -> NoteRecord:
    body, reason = fields.paragraph(body), fields.line(reason)
    if visit.state is VisitState.CANCELLED or (visit.state is VisitState.COMPLETED and not reason):
        raise VisitLocked(visit)
    check(
        body=fields.required_problem(body, "The text of the note", MOST_NOTE),
        reason=fields.length_problem(reason, "The reason"),
    )
    note = VisitNote(
        visit_id=visit.id,
        body=body,
        written_at=clock.now(),
        author_id=actor.user_id,
        amends_id=amends,
        reason=reason,
    )
    session.add(note)
    event = "note.added" if amends is None else "note.amended"
    _record(session, actor, audit.CREATE, event, visit, note)
    return note_record(note, actor.name)


def _record(
    session: Session,
    actor: Actor,
    action: AuditAction,
    event: str,
    visit: Visit,
    resource: Vitals | Diagnosis | VisitNote,
) -> None:
    """What was found is clinical: the trail only says that something was."""
    audit.record(session, actor, action, event, resource, visit_id=visit.id)
