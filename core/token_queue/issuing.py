"""Give out tokens: to patients with an appointment who arrive, and to those who walk in."""

from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import audit, clock, patients, scheduling, users
from core.errors import Conflict
from core.models import OPEN_TOKEN_STATES, Patient, Priority, Token, TokenCounter
from core.patients import PatientDetails
from core.permissions import Actor, Permission, require
from core.token_queue import line
from core.token_queue.expecting import expected_at
from core.token_queue.records import TokenCard, card_for_anyone, card_of
from core.token_queue.rule import HEAD_START
from core.words import say

# Made once: to make one takes longer than PostgreSQL takes to answer.
_OPEN = select(Token.number).where(
    Token.patient_id == bindparam("patient_id"),
    Token.issued_on == bindparam("day"),
    Token.state.in_(OPEN_TOKEN_STATES),
)
_COUNTERS = cast(Table, TokenCounter.__table__)
_FOLLOWING = (
    insert(_COUNTERS)
    .on_conflict_do_update(index_elements=["issued_on"], set_={"last_number": _COUNTERS.c.last_number + 1})
    .returning(_COUNTERS.c.last_number)
)


class AlreadyInQueue(Conflict):
    def __init__(self, name: str, number: int) -> None:
        self.number = number
        super().__init__(say("{name} is already in today's queue with token {number}.", name=name, number=number))


def walk_in(
    session: Session,
    actor: Actor,
    patient_id: int,
    doctor_id: int | None = None,
    priority: Priority = Priority.NORMAL,
) -> TokenCard:
    """A token without an appointment; without a doctor, for whoever is free first. Raises AlreadyInQueue or
    patients.AlreadyArchived."""
    require(actor, Permission.ISSUE_TOKENS)
    if doctor_id is not None:
        users.working_doctor(session, doctor_id)
    return _issue(session, actor, patient_id, doctor_id, priority, None)


def register_and_walk_in(
    session: Session,
    actor: Actor,
    details: PatientDetails,
    doctor_id: int | None = None,
    priority: Priority = Priority.NORMAL,
    *,
    anyway: bool = False,
) -> TokenCard:
    """A new patient with a token, both or neither. Raises patients.MayBeKnown, unless `anyway`."""
    require(actor, Permission.ISSUE_TOKENS)
    if not anyway:
        patients.refuse_known(session, actor, details)
    card = patients.register(session, actor, details)
    return walk_in(session, actor, card.patient_id, doctor_id, priority)


def check_in(session: Session, actor: Actor, appointment_id: int, priority: Priority = Priority.NORMAL) -> TokenCard:
    """The patient of a booked appointment has arrived. Refusals as in `scheduling.mark_arrived`, and AlreadyInQueue."""
    require(actor, Permission.ISSUE_TOKENS)
    appointment = scheduling.mark_arrived(session, actor, appointment_id)
    return _issue(session, actor, appointment.patient_id, appointment.slot.doctor_id, priority, appointment.id)


def _issue(
    session: Session,
    actor: Actor,
    patient_id: int,
    doctor_id: int | None,
    priority: Priority,
    appointment_id: int | None,
) -> TokenCard:
    patient = patients.locked(session, patient_id)
    if patient.archived_at:
        raise patients.AlreadyArchived(patient.mrn)
    day, now = clock.today(), clock.now()
    _refuse_twice(session, patient)
    place = now - HEAD_START[priority]
    said = expected_at(session, place, doctor_id)
    token = Token(
        issued_on=day,
        number=_next_number(session),
        patient_id=patient_id,
        doctor_id=doctor_id,
        for_anyone=doctor_id is None,
        appointment_id=appointment_id,
        priority=priority,
        place=place,
        issued_at=now,
        said_p50=said.p50 if said else None,
        said_p90=said.p90 if said else None,
    )
    session.add(token)
    try:
        session.flush()
    except IntegrityError as error:  # another desk was quicker; the index holds
        raise Conflict(say("{name} was given a token at another desk just now.", name=patient.name)) from error
    audit.record(session, actor, audit.CREATE, "token.issued", token, {"number": (None, token.number)})
    line.mirror(session, token, patient.name)
    return card_for_anyone(token, patient) if doctor_id is None else card_of(session, token)


def _refuse_twice(session: Session, patient: Patient) -> None:
    open_number = session.scalar(_OPEN, {"patient_id": patient.id, "day": clock.today()})
    if open_number is not None:
        raise AlreadyInQueue(patient.name, open_number)


def _next_number(session: Session) -> int:
    """The day's next number. The counter row stays locked until commit: none is given twice, none is lost."""
    number: int = session.execute(_FOLLOWING, {"issued_on": clock.today(), "last_number": 1}).scalar_one()
    return number
