"""Notes of a visit are added to and amended, never overwritten; after the signature each says why it comes late."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core import audit, clock, fields
from core.errors import Conflict, NotFound, check
from core.models import Visit, VisitNote
from core.permissions import Actor, Permission, require
from core.visits.course import locked_to_write
from core.visits.records import NoteRecord, note_record
from core.words import say

MOST_NOTE = 10_000


class NoteAmended(Conflict):
    def __init__(self) -> None:
        super().__init__(say("This note has been amended already. Amend the newer text."))


def add_note(session: Session, actor: Actor, visit_id: int, body: str, reason: str = "") -> NoteRecord:
    """After completion a note needs a reason; without one it raises VisitLocked."""
    require(actor, Permission.CONSULT)
    reason = fields.line(reason)
    visit = locked_to_write(session, actor, visit_id, reason)
    return _write(session, actor, visit, body, reason, amends=None)


def amend_note(
    session: Session, actor: Actor, note_id: int, body: str, reason: str = "", *, of_visit: int | None = None
) -> NoteRecord:
    """A new text in place of an earlier one, which stays readable. Raises NoteAmended if another already does.

    Of another visit than `of_visit`, where it is given, there is no such note.
    """
    require(actor, Permission.CONSULT)
    note = session.get(VisitNote, note_id)
    if note is None or of_visit not in (None, note.visit_id):
        raise NotFound("note", note_id)
    reason = fields.line(reason)
    visit = locked_to_write(session, actor, note.visit_id, reason)
    if session.scalar(select(exists().where(VisitNote.amends_id == note_id))):
        raise NoteAmended
    return _write(session, actor, visit, body, reason, amends=note_id)


def _write(session: Session, actor: Actor, visit: Visit, body: str, reason: str, amends: int | None) -> NoteRecord:
    body = fields.paragraph(body)
    check(
        body=fields.required_problem(body, say("The text of the note"), MOST_NOTE),
        reason=fields.length_problem(reason, say("The reason")),
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
    audit.record(session, actor, audit.CREATE, event, note, visit_id=visit.id)
    return note_record(note, actor.name)
