"""What keeps a visit from being completed, asked before anything is written that would outlive the refusal."""

from datetime import date

from sqlalchemy.orm import Session

from core.models import Visit, VisitState
from core.permissions import Actor, Permission, require
from core.visits.course import VisitLocked, check_own, completable


def check_completable(session: Session, actor: Actor, visit_id: int, follow_up_on: date | None = None) -> None:
    """Raises what `complete` would: NotFound, NotYourVisit, VisitLocked, EmptyVisit or Invalid."""
    require(actor, Permission.CONSULT)
    check_own(session, actor, visit_id)
    visit = session.get_one(Visit, visit_id)
    if visit.state is not VisitState.OPEN:
        raise VisitLocked(visit)
    completable(session, visit, follow_up_on)
