"""Visits for programs that ask once: noted as opened, as a screen notes it before it shows anything, and read.

Raises ReasonNeeded outside the reader's work: nothing is read, and nothing noted.
"""

from sqlalchemy.orm import Session

from core import patients
from core.permissions import Actor, Permission, require
from core.visits.course import start
from core.visits.reading import get, history
from core.visits.records import PastVisit, VisitRecord


def opened(session: Session, actor: Actor, visit_id: int) -> VisitRecord:
    """Everything of a visit. Raises NotFound or ReasonNeeded."""
    require(actor, Permission.READ_CLINICAL)
    return _noted(session, actor, get(session, actor, visit_id))


def started(session: Session, actor: Actor, token_id: int) -> VisitRecord:
    """The visit of a called token, begun or gone on with. Raises what `start` refuses."""
    require(actor, Permission.CONSULT)
    return _noted(session, actor, start(session, actor, token_id))


def past(
    session: Session, actor: Actor, patient_id: int, limit: int = 50, before: int | None = None
) -> list[PastVisit]:
    """A patient's completed visits as `history` has them. Raises NotFound or ReasonNeeded."""
    require(actor, Permission.READ_CLINICAL)
    patients.open_file(session, actor, patient_id)
    return history(session, actor, patient_id, limit, before)


def _noted(session: Session, actor: Actor, visit: VisitRecord) -> VisitRecord:
    patients.open_file(session, actor, visit.patient.patient_id)
    return visit
