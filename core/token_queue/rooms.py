"""In which room a doctor sits. The waiting room shows it at once."""

from sqlalchemy.orm import Session

from core import audit, fields, users
from core.errors import check
from core.models import Doctor
from core.permissions import Actor, Permission, require
from core.token_queue import line, news
from core.token_queue.steps import check_own
from core.words import say


def change_room(session: Session, actor: Actor, doctor_id: int, room: str) -> None:
    """The doctor sits in another room from now on; a doctor says so of the own only. Raises NotYourQueue, NotFound or
    Invalid."""
    require(actor, Permission.CALL_PATIENTS)
    check_own(actor, doctor_id)
    room = fields.line(room)
    check(room=fields.length_problem(room, say("The room"), 40))
    user = users.working_doctor(session, doctor_id, lock=True)
    doctor = session.get_one(Doctor, doctor_id, populate_existing=True)
    if changes := audit.assign(doctor, room=room):
        audit.record(session, actor, audit.UPDATE, "doctor.room_changed", user, changes)
        news.announce(session, line.QUEUE)
