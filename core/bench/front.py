"""The front desk: signing in, and the appointments of a day."""

from collections.abc import Iterator
from datetime import date, time
from functools import partial

import bcrypt
from sqlalchemy import select

from core import auth, clock, db, scheduling, users
from core.bench import bare
from core.bench.bare import Statement
from core.bench.clinic import Clinic
from core.bench.doing import bare_look, look
from core.bench.measuring import Job, Operation
from core.models import User
from core.permissions import Actor, Role
from core.scheduling import SlotPlan, SlotState

ADDRESS, PASSWORD = "192.0.2.7", "measured by the bench alone"
APPOINTMENTS = 60
_OF_A_DAY = """
SELECT a.id, a.state, a.reason, s.id, s.starts_at, s.ends_at, s.doctor_id, u.name, d.room, p.id, p.name, p.mrn, p.phone,
  a.reminded_at
FROM appointments a JOIN slots s ON s.id = a.slot_id JOIN doctors d ON d.user_id = s.doctor_id
  JOIN users u ON u.id = s.doctor_id JOIN patients p ON p.id = a.patient_id
WHERE s.starts_at >= %s AND s.starts_at < %s ORDER BY s.starts_at, u.name, a.id
"""


def operations(clinic: Clinic) -> Iterator[Operation]:
    username = _with_a_known_password(clinic.desk)
    yield Operation("sign in", 1.1, partial(_sign_in, username), partial(_bare_sign_in, clinic, username), repeats=10)
    day = clock.days_after(clock.today(), 1)  # of today not all can be booked any more
    yield Operation(
        "appointments of a day", 2, partial(_appointments, clinic, day), partial(_bare_appointments, clinic, day)
    )


def _with_a_known_password(whose: Actor) -> str:
    with db.transaction() as session:
        username = session.scalars(select(User.username).where(User.id == whose.user_id)).one()
        user = session.scalars(select(User).where(User.role == Role.ADMIN).order_by(User.id).limit(1)).one()
        users.reset_password(session, Actor(user.id, user.name, user.role), whose.user_id, PASSWORD)
    return username


def _sign_in(username: str) -> Job:
    def sign_in() -> None:
        with db.transaction() as session:
            answer = auth.sign_in(session, username, PASSWORD, ADDRESS)
        assert isinstance(answer, auth.SignedIn), answer

    return sign_in


_KNOWN_HERE = (
    "SELECT 1 FROM sign_ins WHERE user_id = %s AND address = %s AND started_at > now() - interval '90 days' LIMIT 1"
)
_TRIES = "SELECT subject, failures, last_at FROM sign_in_failures WHERE subject = ANY(%s)"
_NO_TRIES = "INSERT INTO sign_in_failures (subject, failures, last_at) VALUES (%s, 0, now()) ON CONFLICT DO NOTHING"
_FAILED_SINCE = """
SELECT count(*) FROM audit_events WHERE resource_type = 'users' AND resource_id = %s AND event = 'user.sign_in_failed'
  AND actor_id IS NULL AND occurred_at > (SELECT max(started_at) FROM sign_ins WHERE user_id = %s)
"""
_SIGNED_IN = """
INSERT INTO sign_ins (sid, user_id, started_at, seen_at, address, device, ticket_hash, ticket_until)
VALUES (gen_random_uuid(), %s, now(), now(), %s, '', gen_random_uuid(), now())
"""


def _bare_sign_in(clinic: Clinic, username: str) -> Job:
    """What a try is counted for is read and locked, then bcrypt is asked, then the session is written: three trips."""
    actor, connection = clinic.desk, clinic.bare
    subject = f"user {actor.user_id} from {ADDRESS}"
    forget = Statement("DELETE FROM sign_in_failures WHERE subject = %s", [subject])
    before = [
        Statement("SELECT id, password_hash FROM users WHERE lower(username) = %s", [username]),
        Statement(_KNOWN_HERE, [actor.user_id, ADDRESS]),
        Statement(_NO_TRIES, [subject]),
        Statement(_TRIES, [[subject, f"address {ADDRESS}"]]),
        Statement("SELECT 1 FROM sign_in_failures WHERE subject = %s FOR UPDATE", [subject]),
    ]
    after = [
        Statement("SELECT disabled_at, password_hash FROM users WHERE id = %s FOR SHARE", [actor.user_id]),
        forget,
        Statement(_FAILED_SINCE, [actor.user_id, actor.user_id]),
        Statement(_SIGNED_IN, [actor.user_id, ADDRESS]),
        bare.event(actor, "CREATE", "user.signed_in", "users", actor.user_id, {}),
    ]

    def sign_in() -> None:
        with connection.transaction():
            with connection.pipeline():
                user, *_ = [connection.execute(*one, prepare=True) for one in before]
                _, password_hash = user.fetchone() or (0, "")
            assert bcrypt.checkpw(PASSWORD.encode(), password_hash.encode())
            with connection.pipeline():
                for one in after:
                    connection.execute(*one, prepare=True)

    return sign_in


def _book(clinic: Clinic, day: date) -> None:
    """A full day, unless it is booked already."""
    with db.transaction() as session:
        missing = APPOINTMENTS - len(scheduling.list_appointments(session, clinic.desk, day))
        if missing <= 0:
            return
        plan = SlotPlan(day, day, time(8), time(20), slot_minutes=10)
        scheduling.open_slots(session, clinic.desk, clinic.doctor.user_id, plan)
        slots = scheduling.list_slots(session, clinic.desk, day)
        free = [slot.slot_id for slot in slots if slot.state is SlotState.FREE]
        for slot_id in free[:missing]:
            scheduling.book(session, clinic.desk, slot_id, clinic.somebody())


def _appointments(clinic: Clinic, day: date) -> Job:
    _book(clinic, day)
    return look(lambda session: [one.appointment_id for one in scheduling.list_appointments(session, clinic.desk, day)])


def _bare_appointments(clinic: Clinic, day: date) -> Job:
    return bare_look(clinic, _OF_A_DAY, clock.day_bounds(day))
