"""Whose file is whose work. Who has no work with a patient says why before reading ("break the glass").

A doctor works with whoever was in a visit of theirs, ever; has a token of theirs of today or yesterday, or one of today
for whoever is free first; or is booked with them from today on. A pharmacist works with whoever has a bill or was seen
since yesterday. An administrator works with nobody. A reason holds for a shift. Merged records are one person.
"""

from datetime import timedelta

from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, Select, and_, case, exists, literal, or_, select
from sqlalchemy.orm import Session

from core import clock
from core.errors import ClinicError, NotPermitted
from core.models import (
    OPEN_TOKEN_STATES,
    Appointment,
    AppointmentState,
    Invoice,
    InvoiceState,
    OutsideOpening,
    Patient,
    PatientMerge,
    Slot,
    Token,
    Visit,
)
from core.permissions import Actor, Permission, Role, allowed, require
from core.words import say

REASON_HOLDS = timedelta(hours=12)
PatientId = int | ScalarSelect[int]


class ReasonNeeded(ClinicError):
    """The file is outside this person's work. `patients.open_file` opens it, with a reason."""

    def __init__(self, patient_id: int, name: str, mrn: str) -> None:
        self.patient_id, self.name, self.mrn = patient_id, name, mrn
        super().__init__(
            say("The file of {name} ({mrn}) is outside your work. Open it first, and say why.", name=name, mrn=mrn)
        )


class NotAtThePharmacy(NotPermitted):
    """It does not say who: a pharmacist who tries numbers would learn the names of patients."""

    def __init__(self) -> None:
        super().__init__(
            say("This patient has no bill and was not seen since yesterday: nothing for the pharmacy to read.")
        )


def check_open(session: Session, actor: Actor, patient_id: PatientId, doctor_id: int | None = None) -> None:
    """Raises ReasonNeeded, or NotAtThePharmacy, unless the file is open to the actor. One statement, and none for what
    is the actor's own as `doctor_id`.

    A patient who is not there is left to the caller.
    """
    require(actor, Permission.READ_PRESCRIPTIONS)
    if doctor_id == actor.user_id:
        return
    closed = session.execute(
        select(Patient.id, Patient.name, Patient.mrn).where(Patient.id == patient_id, ~open_to(actor, patient_id))
    ).one_or_none()
    if closed is None:
        return
    if not allowed(actor, Permission.READ_CLINICAL):
        raise NotAtThePharmacy
    raise ReasonNeeded(*closed)


def open_to(actor: Actor, patient_id: PatientId) -> ColumnElement[bool]:
    """The same as a condition, for the statement that reads: where it finds nothing, `check_open` says why."""
    require(actor, Permission.READ_PRESCRIPTIONS)
    records = same_person(patient_id)
    if not allowed(actor, Permission.READ_CLINICAL):
        return or_(_has_a_bill(records), _seen_lately(records))
    said_why = exists().where(
        OutsideOpening.patient_id.in_(records),
        OutsideOpening.user_id == actor.user_id,
        OutsideOpening.opened_at > clock.now() - REASON_HOLDS,
    )
    return or_(_seen_by(actor, records), _waits_for(actor, records), _booked_with(actor, records), said_why)


def same_person(patient_id: PatientId) -> Select[int]:
    """Ids of this record and of those merged with it, also by way of another."""
    first = literal(patient_id, BigInteger) if isinstance(patient_id, int) else patient_id
    records = select(first.label("id")).cte("records", recursive=True)
    merged = or_(PatientMerge.survivor_id == records.c.id, PatientMerge.absorbed_id == records.c.id)
    other = case((PatientMerge.survivor_id == records.c.id, PatientMerge.absorbed_id), else_=PatientMerge.survivor_id)
    return select(records.union(select(other).where(merged, PatientMerge.undone_at.is_(None))).c.id)


def _has_a_bill(records: Select[int]) -> ColumnElement[bool]:
    """Of whatever time: medicines come back years later, and are asked about."""
    return exists().where(Invoice.patient_id.in_(records), Invoice.state != InvoiceState.CANCELLED)


def _seen_lately(records: Select[int]) -> ColumnElement[bool]:
    """From the doctor to the counter, before there is a bill."""
    yesterday = clock.day_bounds(clock.today() - timedelta(days=1))[0]
    return exists().where(Visit.patient_id.in_(records), Visit.started_at >= yesterday)


def _seen_by(actor: Actor, records: Select[int]) -> ColumnElement[bool]:
    return exists().where(Visit.patient_id.in_(records), Visit.doctor_id == actor.user_id)


def _waits_for(actor: Actor, records: Select[int]) -> ColumnElement[bool]:
    """Yesterday's too: a consultation goes past midnight, and is thought of in the morning."""
    today = clock.today()
    own = and_(Token.doctor_id == actor.user_id, Token.issued_on >= today - timedelta(days=1))
    for_anyone = and_(Token.doctor_id.is_(None), Token.issued_on == today, Token.state.in_(OPEN_TOKEN_STATES))
    return exists().where(Token.patient_id.in_(records), or_(own, for_anyone) if actor.role is Role.DOCTOR else own)


def _booked_with(actor: Actor, records: Select[int]) -> ColumnElement[bool]:
    return exists().where(
        Appointment.patient_id.in_(records),
        Appointment.state.in_((AppointmentState.BOOKED, AppointmentState.ARRIVED)),
        Slot.id == Appointment.slot_id,
        Slot.doctor_id == actor.user_id,
        Slot.starts_at >= clock.day_bounds(clock.today())[0],
    )
