"""What the doctor finds: vitals and diagnoses. What was wrong is struck: it stays readable and counts nowhere.

Only a diagnosis that was never signed can simply be taken back. After the signature everything needs a reason.
"""

from typing import TypeVar

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core import audit, clock, fields, icd10
from core.errors import Conflict, NotFound, check
from core.measurements import Measurements, checked
from core.models import AuditAction, Diagnosis, Visit, VisitReopening, VisitState, Vitals
from core.permissions import Actor, Permission, require
from core.visits.course import locked_open, locked_to_write
from core.visits.records import DiagnosisRecord, VitalsRecord, diagnosis_record, vitals_record
from core.visits.trends import ask
from core.words import say

F = TypeVar("F", Vitals, Diagnosis)


class DiagnosisThere(Conflict):
    def __init__(self, code: str) -> None:
        super().__init__(say("{code} is already among the diagnoses of this visit.", code=code))


class DiagnosisSigned(Conflict):
    def __init__(self, code: str) -> None:
        super().__init__(
            say("{code} stood in the visit when it was completed. Strike it with a reason instead.", code=code)
        )


class StruckAlready(Conflict):
    """`code` is empty for vitals."""

    def __init__(self, code: str = "") -> None:
        super().__init__(
            say("{code} is struck already.", code=code) if code else say("These vitals are struck already.")
        )


def record_vitals(
    session: Session, actor: Actor, visit_id: int, measured: Measurements, *, reason: str = "", sure: bool = False
) -> VitalsRecord:
    """One set of measurements. Raises Invalid with everything implausible, naming a mistaken unit.

    What is plausible in another unit, too, is Doubtful, unless the doctor is `sure`.
    """
    require(actor, Permission.CONSULT)
    reason = fields.line(reason)
    visit = locked_to_write(session, actor, visit_id, reason)
    check(reason=fields.length_problem(reason, say("The reason")))
    values = checked(measured)
    if not sure:
        ask(session, visit, measured)
    vitals = Vitals(
        visit_id=visit_id,
        recorded_at=clock.now(),
        recorded_by_id=actor.user_id,
        reason=reason,
        **values,
    )
    session.add(vitals)
    _record(session, actor, audit.CREATE, "vitals.recorded", visit, vitals)
    return vitals_record(vitals, actor.name)


def add_diagnosis(
    session: Session, actor: Actor, visit_id: int, code: str, text: str = "", *, reason: str = ""
) -> DiagnosisRecord:
    """An ICD-10 code, with the doctor's own words or else its title. Raises DiagnosisThere or Invalid."""
    require(actor, Permission.CONSULT)
    known, text, reason = icd10.find(code), fields.line(text), fields.line(reason)
    visit = locked_to_write(session, actor, visit_id, reason)
    check(
        code=None
        if known
        else say("{code} is not an ICD-10 code.", code=fields.line(code)[:20] or say("An empty text")),
        text=fields.length_problem(text, say("The text of the diagnosis"), 500),
        reason=fields.length_problem(reason, say("The reason")),
    )
    assert known is not None
    there = exists().where(Diagnosis.visit_id == visit_id, Diagnosis.code == known.code, Diagnosis.struck_at.is_(None))
    if session.scalar(select(there)):
        raise DiagnosisThere(known.code)
    diagnosis = Diagnosis(
        visit_id=visit_id,
        code=known.code,
        text=text or known.title,
        recorded_at=clock.now(),
        recorded_by_id=actor.user_id,
        reason=reason,
    )
    session.add(diagnosis)
    _record(session, actor, audit.CREATE, "diagnosis.added", visit, diagnosis)
    return diagnosis_record(diagnosis, actor.name)


def remove_diagnosis(session: Session, actor: Actor, visit_id: int, diagnosis_id: int) -> None:
    """Take a diagnosis back while the visit is open.

    Raises DiagnosisSigned if it was completed with it before, or StruckAlready.
    """
    require(actor, Permission.CONSULT)
    visit = locked_open(session, actor, visit_id)
    diagnosis = _found(session, Diagnosis, "diagnosis", visit_id, diagnosis_id)
    again = (VisitReopening.visit_id == visit_id, VisitReopening.reopened_at >= diagnosis.recorded_at)
    if diagnosis.struck_at:
        raise StruckAlready(diagnosis.code)
    if session.scalar(select(exists().where(*again))):
        raise DiagnosisSigned(diagnosis.code)
    session.delete(diagnosis)
    _record(session, actor, audit.DELETE, "diagnosis.removed", visit, diagnosis)


def strike_diagnosis(session: Session, actor: Actor, visit_id: int, diagnosis_id: int, reason: str) -> None:
    """It was wrong. Raises StruckAlready or Invalid."""
    require(actor, Permission.CONSULT)
    reason = _given(reason)
    visit = locked_to_write(session, actor, visit_id, reason)
    diagnosis = _found(session, Diagnosis, "diagnosis", visit_id, diagnosis_id)
    _strike(actor, diagnosis, reason, diagnosis.code)
    _record(session, actor, audit.UPDATE, "diagnosis.struck", visit, diagnosis)


def strike_vitals(session: Session, actor: Actor, visit_id: int, vitals_id: int, reason: str) -> None:
    """They were measured or written down wrongly, in an open visit too. Raises StruckAlready or Invalid."""
    require(actor, Permission.CONSULT)
    reason = _given(reason)
    visit = locked_to_write(session, actor, visit_id, reason)
    vitals = _found(session, Vitals, "set of vitals", visit_id, vitals_id)
    _strike(actor, vitals, reason)
    _record(session, actor, audit.UPDATE, "vitals.struck", visit, vitals)


def _given(reason: str) -> str:
    reason = fields.line(reason)
    check(reason=fields.required_problem(reason, say("The reason")))
    return reason


def _found(session: Session, table: type[F], what: str, visit_id: int, finding_id: int) -> F:
    """As it is now, for the visit is locked: somebody may have struck it a moment ago."""
    finding = session.get(table, finding_id, populate_existing=True)
    if finding is None or finding.visit_id != visit_id:
        raise NotFound(what, finding_id)
    return finding


def _strike(actor: Actor, finding: Vitals | Diagnosis, reason: str, code: str = "") -> None:
    if finding.struck_at:
        raise StruckAlready(code)
    finding.struck_at, finding.struck_by_id, finding.strike_reason = clock.now(), actor.user_id, reason


def _record(
    session: Session, actor: Actor, action: AuditAction, event: str, visit: Visit, resource: Vitals | Diagnosis
) -> None:
    """What was found is clinical: the trail only says that something was. Of a signed visit the day counts anew."""
    late = visit.state is VisitState.COMPLETED
    event = f"{event}_late" if late and action is audit.CREATE else event
    days = [clock.day_of(visit.started_at)] if late else []
    audit.record(session, actor, action, event, resource, days=days, visit_id=visit.id)
