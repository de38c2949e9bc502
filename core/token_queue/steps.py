"""What happens to a token after it was given out: called again, skipped, brought back, transferred, ended.

Each step raises NotFound, NotYourQueue, WrongTokenState where STEPS does not allow it, and VisitOpen where LEAVING does
not. A second click meets the state that the first one made.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock, scheduling, users
from core.errors import Conflict, NotPermitted
from core.models import Priority, Token, TokenState, Visit, VisitState
from core.permissions import Actor, Permission, Role, require
from core.token_queue import line
from core.token_queue.records import TokenCard, card_of, locked
from core.token_queue.rule import HEAD_START
from core.words import later, say

# From which states each step may be taken; those of LEAVING also wait for the doctor to end a visit that has begun.
STEPS = {
    "called again": {TokenState.CALLED},
    "skipped": {TokenState.CALLED, TokenState.WAITING},
    "brought back": {TokenState.SKIPPED},
    "transferred": {TokenState.WAITING, TokenState.SKIPPED, TokenState.CALLED},
    "finished": {TokenState.CALLED},
    "given another priority": {TokenState.WAITING, TokenState.SKIPPED},
    "called": {TokenState.WAITING, TokenState.SKIPPED},
    "put back": {TokenState.CALLED},
    "marked as not shown up": {TokenState.WAITING, TokenState.SKIPPED, TokenState.CALLED},
}
LEAVING = {"skipped", "transferred", "put back", "marked as not shown up"}
_CANNOT = {
    "called again": later("cannot be called again"),
    "skipped": later("cannot be skipped"),
    "brought back": later("cannot be brought back"),
    "transferred": later("cannot be transferred"),
    "finished": later("cannot be finished"),
    "given another priority": later("cannot be given another priority"),
    "called": later("cannot be called"),
    "put back": later("cannot be put back"),
    "marked as not shown up": later("cannot be marked as left"),
}
_WRONG_STATE = {
    TokenState.WAITING: later("Token {number} is waiting and {cannot}."),
    TokenState.CALLED: later("Token {number} is with the doctor and {cannot}."),
    TokenState.SKIPPED: later("Token {number} is skipped and {cannot}."),
    TokenState.FINISHED: later("Token {number} is finished and {cannot}."),
    TokenState.NO_SHOW: later("The patient of token {number} has left: it {cannot}."),
}


class NotYourQueue(NotPermitted):
    def __init__(self) -> None:
        super().__init__(say("A doctor calls and moves patients of the own queue only."))


class VisitOpen(Conflict):
    def __init__(self, token: Token) -> None:
        super().__init__(
            say("The visit of token {number} has begun. The doctor completes or cancels it first.", number=token.number)
        )


class WrongTokenState(Conflict):
    def __init__(self, token: Token, step: str) -> None:
        self.state = token.state
        super().__init__(say(_WRONG_STATE[token.state], number=token.number, cannot=say(_CANNOT[step])))


def recall(session: Session, actor: Actor, token_id: int) -> TokenCard:
    """Call the same token again."""
    require(actor, Permission.CALL_PATIENTS)
    return _step(session, actor, token_id, "called again", TokenState.CALLED)


def skip(session: Session, actor: Actor, token_id: int) -> TokenCard:
    """The patient did not come when called; may be brought back."""
    require(actor, Permission.CALL_PATIENTS)
    return _step(session, actor, token_id, "skipped", TokenState.SKIPPED)


def bring_back(session: Session, actor: Actor, token_id: int) -> TokenCard:
    """A skipped patient waits again, at the place held before. What was said of the wait is not held against it."""
    require(actor, Permission.CALL_PATIENTS)
    return _step(session, actor, token_id, "brought back", TokenState.WAITING)


def finish(session: Session, actor: Actor, token_id: int) -> TokenCard:
    """The patient was seen; an appointment is over, too, unless an open visit still holds it. Twice is no matter."""
    require(actor, Permission.CALL_PATIENTS)
    appointment_id = _lock_appointment(session, token_id)
    token = locked(session, token_id)
    if token.state is TokenState.FINISHED:
        return card_of(session, token)
    card = _step(session, actor, token_id, "finished", TokenState.FINISHED)
    if appointment_id is not None and not _has_open_visit(session, token_id):
        scheduling.mark_completed(session, actor, appointment_id)
    return card


def mark_no_show(session: Session, actor: Actor, token_id: int) -> TokenCard:
    """The patient left without being seen; an appointment is over, too."""
    require(actor, Permission.CALL_PATIENTS)
    appointment_id = _lock_appointment(session, token_id)
    card = _step(session, actor, token_id, "marked as not shown up", TokenState.NO_SHOW)
    if appointment_id is not None:
        scheduling.mark_left(session, actor, appointment_id)
    return card


def transfer(session: Session, actor: Actor, token_id: int, doctor_id: int | None) -> TokenCard:
    """Wait for another doctor (None: whoever is free first), at the same place."""
    require(actor, Permission.CALL_PATIENTS)
    if doctor_id is not None:
        users.working_doctor(session, doctor_id)
    token = locked(session, token_id)
    before = token.doctor_id
    check_own(actor, token.doctor_id)
    check_step(session, token, "transferred")
    # Whose call is not taken any further shows no doctor at work.
    changes = audit.assign(token, doctor_id=doctor_id, state=TokenState.WAITING, called_at=None, skipped_at=None)
    token.for_anyone = doctor_id is None
    audit.record(session, actor, audit.UPDATE, "token.transferred", token, changes, days={token.issued_on})
    return shown(session, token, was_with=before)


def set_priority(session: Session, actor: Actor, token_id: int, priority: Priority) -> TokenCard:
    """Somebody turns out to need to go first, or was put first by mistake: the place follows by the visible rule."""
    require(actor, Permission.CALL_PATIENTS)
    token = locked(session, token_id)
    check_own(actor, token.doctor_id)
    check_step(session, token, "given another priority")
    changes = audit.assign(token, priority=priority)
    token.place = token.issued_at - HEAD_START[priority]
    if changes:
        audit.record(session, actor, audit.UPDATE, "token.priority_changed", token, changes, days={token.issued_on})
    return shown(session, token)


def _lock_appointment(session: Session, token_id: int) -> int | None:
    """Appointments are locked before tokens, here as everywhere. None for a walk-in."""
    appointment_id = session.scalar(select(Token.appointment_id).where(Token.id == token_id))
    if appointment_id is not None:
        scheduling.locked(session, appointment_id)
    return appointment_id


def _step(session: Session, actor: Actor, token_id: int, step: str, state: TokenState) -> TokenCard:
    token = locked(session, token_id)
    check_own(actor, token.doctor_id)
    check_step(session, token, step)
    values: dict[str, object] = {"state": state}
    if state is TokenState.CALLED:
        values["recalled_at"] = clock.now()  # the wait ended with the first call
    if state is TokenState.SKIPPED:
        values["skipped_at"] = clock.now()
    if state in {TokenState.FINISHED, TokenState.NO_SHOW}:
        values["finished_at"] = clock.now()
    if token.state is TokenState.SKIPPED and state is TokenState.WAITING:
        values["skipped_at"] = None
        token.said_p50 = token.said_p90 = None  # it was said of the call that the patient missed
    changes = audit.assign(token, **values)
    days = {token.issued_on}  # a token may be closed after midnight
    audit.record(session, actor, audit.UPDATE, f"token.{step.replace(' ', '_')}", token, changes, days=days)
    return shown(session, token)


def check_step(session: Session, token: Token, step: str) -> None:
    """Raises WrongTokenState or VisitOpen."""
    if token.state not in STEPS[step]:
        raise WrongTokenState(token, step)
    if step in LEAVING and _has_open_visit(session, token.id):
        raise VisitOpen(token)


def check_own(actor: Actor, doctor_id: int | None) -> None:
    """Doctors move patients of the own queue, and of those who wait for anyone. Raises NotYourQueue."""
    require(actor, Permission.CALL_PATIENTS)
    if actor.role is Role.DOCTOR and doctor_id not in {actor.user_id, None}:
        raise NotYourQueue


def shown(session: Session, token: Token, was_with: int | None = None) -> TokenCard:
    card = card_of(session, token)
    line.mirror(session, token, card.patient_name, was_with=was_with)
    return card


def _has_open_visit(session: Session, token_id: int) -> bool:
    begun = select(Visit.id).where(Visit.token_id == token_id, Visit.state == VisitState.OPEN)
    return session.scalar(begun) is not None
