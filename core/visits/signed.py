"""What may still happen to a signed visit as a whole: another follow-up day, or being opened once more.

Reopening is an administrator's act. The visit is open again for its own doctor, what stood under the signature is
struck rather than taken back, and completing it signs it anew. A bill that was made stays as it is.
"""

from datetime import date

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit, clock, fields
from core.errors import Conflict, NotFound, check
from core.models import User, Visit, VisitDraft, VisitReopening, VisitState
from core.permissions import Actor, Permission, allowed, require
from core.visits.course import follow_up_problem, locked_to_write, note_follow_up
from core.words import say


class NotCompleted(Conflict):
    def __init__(self, state: VisitState) -> None:
        self.state = state
        super().__init__(
            say("This visit is open. Only a completed visit can be reopened or followed up anew.")
            if state is VisitState.OPEN
            else say("This visit is cancelled. Only a completed visit can be reopened or followed up anew.")
        )


class DoctorGone(Conflict):
    def __init__(self, doctor: str) -> None:
        super().__init__(
            say("Only {doctor} could change this visit, and does not see patients here any more.", doctor=doctor)
        )


class SameFollowUp(Conflict):
    def __init__(self) -> None:
        super().__init__(say("That is the follow-up of this visit already."))


def move_follow_up(session: Session, actor: Actor, visit_id: int, follow_up_on: date | None, reason: str) -> None:
    """Another day, or none, after the signature; told as a note. Raises NotCompleted, SameFollowUp or Invalid."""
    require(actor, Permission.CONSULT)
    reason = fields.line(reason)
    check(
        follow_up_on=follow_up_problem(follow_up_on),
        reason=fields.required_problem(reason, say("The reason")),
    )
    visit = locked_to_write(session, actor, visit_id, reason)
    if visit.state is not VisitState.COMPLETED:
        raise NotCompleted(visit.state)
    if follow_up_on == visit.follow_up_on:
        raise SameFollowUp
    note_follow_up(session, actor, visit, follow_up_on, reason)
    days = [clock.day_of(visit.started_at), *filter(None, (visit.follow_up_on, follow_up_on))]
    changes = audit.assign(visit, follow_up_on=follow_up_on)
    audit.record(session, actor, audit.UPDATE, "visit.follow_up_moved", visit, changes, days=days, visit_id=visit.id)


def reopen(session: Session, actor: Actor, visit_id: int, reason: str) -> None:
    """Open once more for its own doctor. Raises NotCompleted, also for the second of two, DoctorGone or Invalid."""
    require(actor, Permission.REOPEN_VISITS)
    reason = fields.line(reason)
    check(reason=fields.required_problem(reason, say("The reason")))
    visit = session.get(Visit, visit_id, with_for_update=True, populate_existing=True)
    if visit is None:
        raise NotFound("visit", visit_id)
    if visit.completed_at is None:
        raise NotCompleted(visit.state)
    doctor = session.get_one(User, visit.doctor_id)
    if doctor.disabled_at or not allowed(Actor(doctor.id, doctor.name, doctor.role), Permission.CONSULT):
        raise DoctorGone(doctor.name)
    session.add(
        VisitReopening(
            visit_id=visit_id,
            reopened_at=clock.now(),
            reopened_by_id=actor.user_id,
            reason=reason,
            completed_at=visit.completed_at,
        )
    )
    _lay_out_follow_up(session, visit)
    changes = audit.assign(visit, state=VisitState.OPEN, completed_at=None)
    days = [clock.day_of(visit.started_at)]
    audit.record(session, actor, audit.UPDATE, "visit.reopened", visit, changes, days=days, visit_id=visit_id)


def _lay_out_follow_up(session: Session, visit: Visit) -> None:
    """In the room as if it had just been typed, so that completing again does not lose it; one that is over stays."""
    if visit.follow_up_on and visit.follow_up_on > clock.today():
        typed = {"follow_up": visit.follow_up_on.isoformat()}
        draft = insert(VisitDraft).values(visit_id=visit.id, parts=typed)
        session.execute(draft.on_conflict_do_update(index_elements=[VisitDraft.visit_id], set_={"parts": typed}))
