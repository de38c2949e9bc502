"""What is done at the stores of a data folder: `python -m tests.bench.screens.backstage`, with QURE_DATA_DIR set.

The simulated clinic leaves today to its users, so a morning is made: people in the waiting room, a doctor at work.
Prints a token for one person of each role, as JSON.
"""

import json
import sys
from itertools import cycle

from sqlalchemy import func, select

from core import auth, clock, db, token_queue, users, visits
from core.models import Patient, Token, User
from core.permissions import Actor, Role
from tests.factories import an_admin

WAITING = 40


def morning(session):
    """Forty people have come, and each doctor has one of them in the room."""
    admin = an_admin(session)
    if session.scalar(select(func.count(Token.id)).where(Token.issued_on == clock.today())):
        return
    doctors = users.list_doctors(session, admin)
    who = session.scalars(select(Patient.id).where(Patient.archived_at.is_(None)).order_by(Patient.id).limit(WAITING))
    for patient_id, doctor in zip(who, cycle(doctors), strict=False):
        token_queue.walk_in(session, admin, patient_id, doctor.doctor_id)
    for doctor in doctors:
        acting = Actor(doctor.doctor_id, doctor.name, Role.DOCTOR)
        called = token_queue.call_next(session, acting, doctor.doctor_id)
        visits.start(session, acting, called.token_id)


def tokens(session):
    """By role, of the person of that role who has been here longest and need not choose a password first."""
    at_work = User.disabled_at.is_(None), User.must_change_password.is_(False)
    staff = session.scalars(select(User).where(*at_work).order_by(User.id.desc()))
    of_role = {user.role: user for user in staff}
    return {str(role): auth.open_session(session, user).token for role, user in of_role.items()}


if __name__ == "__main__":
    with db.transaction() as session:
        morning(session)
        told = tokens(session)
    sys.stdout.write(json.dumps(told))
