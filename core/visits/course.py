"""A visit from its start to its end."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Select, bindparam, delete, exists, select, update
from sqlalchemy.orm import Session, joinedload

from core import audit, clock, scheduling, token_queue
from core.errors import Conflict, NotFound, NotPermitted, check
from core.fields import line, required_problem
from core.models import (
    Diagnosis,
    Doctor,
    Patient,
    Prescription,
    PrescriptionState,
    Token,
    TokenState,
    User,
    Visit,
    VisitDraft,
    VisitNote,
    VisitReopening,
    VisitState,
)
from core.permissions import Actor, Permission, require
from core.visits.reading import get, just_begun
from core.visits.records import VisitRecord
from core.words import later, say

MOST_FOLLOW_UP_DAYS = 731
_TOKEN_WORDS = {
    TokenState.WAITING: later("Token {number} has not been called yet."),
    TokenState.SKIPPED: later("Token {number} was skipped; bring it back first."),
    TokenState.FINISHED: later("Token {number} is finished."),
    TokenState.NO_SHOW: later("Token {number} was closed because the patient had left."),
}

_TOKEN = (
    select(Token, Doctor.user_id)
    .outerjoin(Doctor, Doctor.user_id == bindparam("doctor"))
    .where(Token.id == bindparam("token"))
    .with_for_update(of=Token)
    .execution_options(populate_existing=True)
)


class NotADoctor(NotPermitted):
    def __init__(self, actor: Actor) -> None:
        super().__init__(say("Only a doctor can see patients. {name} is not on the list of doctors.", name=actor.name))


class TokenNotCalled(Conflict):
    def __init__(self, token: Token) -> None:
        self.state = token.state
        super().__init__(say(_TOKEN_WORDS[token.state], number=token.number))


class WithAnotherDoctor(Conflict):
    def __init__(self, number: int, doctor: str) -> None:
        super().__init__(say("The patient with token {number} is with {doctor}.", number=number, doctor=doctor))


class NotYourVisit(NotPermitted):
    def __init__(self, doctor: str) -> None:
        super().__init__(say("This visit is with {doctor}. Only {doctor} can change it.", doctor=doctor))


class VisitLocked(Conflict):
    """A completed visit only takes amendments that say why they come late; a cancelled one takes nothing."""

    def __init__(self, visit: Visit) -> None:
        self.state = visit.state
        super().__init__(
            say("This visit is completed and cannot be changed. Amend it with a reason instead.")
            if visit.state is VisitState.COMPLETED
            else say("This visit is cancelled and cannot be changed.")
        )


class EmptyVisit(Conflict):
    def __init__(self) -> None:
        super().__init__(say("A diagnosis or a note is missing. Write one down, then complete the visit."))


class SignedBefore(Conflict):
    def __init__(self) -> None:
        super().__init__(
            say(
                "This visit was completed before it was reopened and cannot be cancelled. "
                "Strike what is wrong and complete it again."
            )
        )


class PrescriptionStands(Conflict):
    def __init__(self, number: str) -> None:
        sentence = later("Prescription {number} was issued in this visit. Cancel it first, or complete the visit.")
        super().__init__(say(sentence, number=number))


def start(session: Session, actor: Actor, token_id: int) -> VisitRecord:
    """Begin with the patient of a called token; the same doctor starting again gets the same visit.

    Raises NotADoctor, TokenNotCalled, WithAnotherDoctor, or VisitLocked once it has ended.
    """
    require(actor, Permission.CONSULT)
    token = _locked_token(session, actor, token_id)
    visit = session.scalar(select(Visit).where(Visit.token_id == token_id).execution_options(populate_existing=True))
    _check_startable(session, actor, token, visit)
    if visit is not None:
        return get(session, actor, visit.id)
    visit = Visit(patient_id=token.patient_id, doctor_id=actor.user_id, token_id=token_id, started_at=clock.now())
    session.add(visit)
    session.flush()
    changes: audit.Changes = {"token_id": (None, token_id)}
    audit.record(session, actor, audit.CREATE, "visit.started", visit, changes, visit_id=visit.id)
    return just_begun(session, actor, visit)


def complete(session: Session, actor: Actor, visit_id: int, follow_up_on: date | None = None) -> None:
    """Sign the visit: from now on it is locked. Its token is finished and its appointment completed.

    One that was reopened is signed again: the patient has not been here since, and a follow-up that has passed stays.
    Raises VisitLocked, NotYourVisit, EmptyVisit or Invalid.
    """
    require(actor, Permission.CONSULT)
    appointment_id = _lock_appointment(session, visit_id)
    visit = locked_open(session, actor, visit_id)
    before = visit.follow_up_on
    if follow_up_on is None and before is not None and before <= clock.today():
        follow_up_on = before
    reason = completable(session, visit, follow_up_on)
    token_queue.finish(session, actor, visit.token_id)
    if appointment_id is not None:
        scheduling.mark_completed(session, actor, appointment_id)
    if reason:
        note_follow_up(session, actor, visit, follow_up_on, reason)
    else:
        session.execute(update(Patient).where(Patient.id == visit.patient_id).values(last_visit_at=clock.now()))
    changes = audit.assign(visit, state=VisitState.COMPLETED, completed_at=clock.now(), follow_up_on=follow_up_on)
    _end(session, actor, "visit.completed", visit, changes, also=filter(None, [before]))


def cancel(session: Session, actor: Actor, visit_id: int, reason: str) -> None:
    """The patient left before being treated. What was recorded stays, with the reason as its last note.

    Raises VisitLocked, NotYourVisit, SignedBefore, PrescriptionStands or Invalid.
    """
    require(actor, Permission.CONSULT)
    reason = line(reason)
    check(reason=required_problem(reason, say("The reason")))
    appointment_id = _lock_appointment(session, visit_id)
    visit = locked_open(session, actor, visit_id)
    if reopened_because(session, visit_id):
        raise SignedBefore
    issued = (Prescription.visit_id == visit_id, Prescription.state == PrescriptionState.ISSUED)
    if number := session.scalar(select(Prescription.number).where(*issued)):
        raise PrescriptionStands(number)
    session.add(VisitNote(visit_id=visit_id, body=reason, written_at=clock.now(), author_id=actor.user_id))
    changes = audit.assign(visit, state=VisitState.CANCELLED)  # first: nobody is taken out of an open visit
    if appointment_id is not None:
        scheduling.mark_left(session, actor, appointment_id)
    _close_token(session, actor, visit.token_id)
    _end(session, actor, "visit.cancelled", visit, changes)


def locked_open(session: Session, actor: Actor, visit_id: int) -> Visit:
    """The actor's own open visit, locked until commit. Raises NotFound, NotYourVisit or VisitLocked."""
    require(actor, Permission.CONSULT)
    visit = locked_own(session, actor, visit_id)
    if visit.state is not VisitState.OPEN:
        raise VisitLocked(visit)
    return visit


def locked_own(session: Session, actor: Actor, visit_id: int) -> Visit:
    """The actor's own visit in whatever state, with its patient, locked until commit. Raises NotFound or
    NotYourVisit."""
    require(actor, Permission.CONSULT)
    patient, of = joinedload(Visit.patient, innerjoin=True), {"of": Visit}
    visit = session.get(Visit, visit_id, options=[patient], with_for_update=of, populate_existing=True)
    return _own(session, actor, visit, visit_id)


def check_own(session: Session, actor: Actor, visit_id: int) -> None:
    """Raises NotFound or NotYourVisit."""
    require(actor, Permission.CONSULT)
    _own(session, actor, session.get(Visit, visit_id), visit_id)


def locked_to_write(session: Session, actor: Actor, visit_id: int, reason: str) -> Visit:
    """The actor's own visit for a finding or a note: open, or completed and there is a reason. Raises NotFound,
    NotYourVisit or VisitLocked."""
    require(actor, Permission.CONSULT)
    visit = locked_own(session, actor, visit_id)
    if visit.state is VisitState.CANCELLED or (visit.state is VisitState.COMPLETED and not reason):
        raise VisitLocked(visit)
    return visit


def reopened_because(session: Session, visit_id: int) -> str | None:
    """The reason of the last reopening; None for a visit that was never signed before."""
    return session.scalar(_last_reopening(visit_id))


def follow_up_problem(day: date | None) -> str | None:
    if day is None or 0 < (day - clock.today()).days <= MOST_FOLLOW_UP_DAYS:
        return None
    return say("The follow-up must be after today and within two years.")


def note_follow_up(session: Session, actor: Actor, visit: Visit, day: date | None, reason: str) -> None:
    """A follow-up that is changed after the signature is told as a note, in English: who, when, from which day, why."""
    require(actor, Permission.CONSULT)
    if day == visit.follow_up_on:
        return
    said = f"Follow-up: {_day_in_words(day)} instead of {_day_in_words(visit.follow_up_on)}."
    session.add(VisitNote(visit_id=visit.id, body=said, written_at=clock.now(), author_id=actor.user_id, reason=reason))


def _day_in_words(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "none"


def _own(session: Session, actor: Actor, visit: Visit | None, visit_id: int) -> Visit:
    if visit is None:
        raise NotFound("visit", visit_id)
    if visit.doctor_id != actor.user_id:
        raise NotYourVisit(_name(session, visit.doctor_id))
    return visit


def _check_startable(session: Session, actor: Actor, token: Token, visit: Visit | None) -> None:
    holder = visit.doctor_id if visit else token.doctor_id
    if visit and visit.state is not VisitState.OPEN:
        raise VisitLocked(visit)
    if not visit and token.state is not TokenState.CALLED:
        raise TokenNotCalled(token)
    if holder not in (None, actor.user_id):
        raise WithAnotherDoctor(token.number, _name(session, holder))


def _locked_token(session: Session, actor: Actor, token_id: int) -> Token:
    """Raises NotFound or NotADoctor."""
    found = session.execute(_TOKEN, {"token": token_id, "doctor": actor.user_id}).one_or_none()
    if found is None:
        raise NotFound("token", token_id)
    token, doctor_id = found
    if doctor_id is None:
        raise NotADoctor(actor)
    return token


def completable(session: Session, visit: Visit, follow_up_on: date | None) -> str | None:
    """The reason of the last reopening, if it was. Raises EmptyVisit or Invalid."""
    if follow_up_on != visit.follow_up_on:
        check(follow_up_on=follow_up_problem(follow_up_on))
    coded = exists().where(Diagnosis.visit_id == visit.id, Diagnosis.struck_at.is_(None))
    noted = exists().where(VisitNote.visit_id == visit.id)
    reason: str | None
    is_written, reason = session.execute(select(coded | noted, _last_reopening(visit.id).scalar_subquery())).one()
    if not is_written:
        raise EmptyVisit
    return reason


def _last_reopening(visit_id: int) -> Select[str]:
    last = select(VisitReopening.reason).where(VisitReopening.visit_id == visit_id)
    return last.order_by(VisitReopening.id.desc()).limit(1)


def _lock_appointment(session: Session, visit_id: int) -> int | None:
    """Appointments are locked before visits and tokens, here as everywhere. None for a walk-in."""
    appointment_id = session.scalar(
        select(Token.appointment_id).join(Visit, Visit.token_id == Token.id).where(Visit.id == visit_id)
    )
    if appointment_id is not None:
        scheduling.locked(session, appointment_id)
    return appointment_id


def _close_token(session: Session, actor: Actor, token_id: int) -> None:
    """Unless the queue has let go of the patient already."""
    if token_queue.get(session, actor, token_id).state is TokenState.CALLED:
        token_queue.mark_no_show(session, actor, token_id)


def _end(
    session: Session, actor: Actor, event: str, visit: Visit, changes: audit.Changes, also: Iterable[date] = ()
) -> None:
    session.execute(delete(VisitDraft).where(VisitDraft.visit_id == visit.id))
    days = [clock.day_of(visit.started_at), *also]
    audit.record(session, actor, audit.UPDATE, event, visit, changes, days=days, visit_id=visit.id)


def _name(session: Session, user_id: int | None) -> str:
    return session.scalars(select(User.name).where(User.id == user_id)).one()
