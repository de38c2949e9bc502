"""What is typed in an open visit and not saved yet, so that a reload or a closed tab loses nothing.

A draft is no record: it is overwritten, leaves no trail, and is gone when the visit ends.
"""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import fields
from core.models import Visit, VisitDraft
from core.permissions import Actor, Permission, require
from core.visits.course import locked_open


def keep_draft(session: Session, actor: Actor, visit_id: int, part: str, typed: str) -> None:
    """Remember one part of the screen in place of what it held before. Raises NotYourVisit or VisitLocked."""
    require(actor, Permission.CONSULT)
    locked_open(session, actor, visit_id)
    draft = insert(VisitDraft).values(visit_id=visit_id, parts={fields.storable(part): fields.storable(typed)})
    merged = VisitDraft.parts.op("||")(draft.excluded.parts)
    session.execute(draft.on_conflict_do_update(index_elements=[VisitDraft.visit_id], set_={"parts": merged}))


def draft(session: Session, actor: Actor, visit_id: int) -> dict[str, str]:
    """What is remembered, by part; for the visit's own doctor only."""
    require(actor, Permission.CONSULT)
    kept = session.get(VisitDraft, visit_id, populate_existing=True)
    visit = session.get(Visit, visit_id)
    return dict(kept.parts) if kept and visit and visit.doctor_id == actor.user_id else {}
