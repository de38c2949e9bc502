"""What a person of tests/stores does in a clinic whose disk is full: the verbs of the app, as its screens call them."""

from sqlalchemy import text

from core import db, migrations, token_queue
from core.errors import ClinicError
from core.idempotency import once
from core.patients import PatientDetails, Sex
from core.token_queue import line
from etl import relay, set_aside, verify
from tests import factories


def opened():
    migrations.upgrade(db.engine())
    with db.transaction() as session:
        factories.set_up(session)


def walked_in(key):
    """The token's number; what a screen says if it was refused. Anything else is a bug and ends the process."""
    try:
        with db.transaction() as session:
            details = PatientDetails(f"Person {key}", Sex.UNKNOWN, address="Far away. " * 20)
            reception = factories.an_admin(session)
            return once(key, token_queue.register_and_walk_in)(session, reception, details).number
    except ClinicError as refused:
        return str(refused)


def kept():
    """The names of all patients, the numbers of their tokens, and what was set aside by the relay."""
    with db.reading() as session:
        people = session.scalars(text("SELECT name FROM patients ORDER BY name")).all()
        numbers = session.scalars(text("SELECT number FROM tokens ORDER BY number")).all()
        return [list(people), list(numbers), set_aside.count(session)]


def partial_rows():
    """Patients without a token, tokens without a line in the trail, keys without an answer."""
    with db.reading() as session:
        return session.scalar(
            text("""
            SELECT (SELECT count(*) FROM patients WHERE id NOT IN (SELECT patient_id FROM tokens))
                 + (SELECT count(*) FROM tokens WHERE id NOT IN
                       (SELECT resource_id FROM audit_events WHERE event = 'token.issued'))
                 + (SELECT count(*) FROM idempotency_keys WHERE result IS NULL)
                 + (SELECT abs(count(*) - max(last_number)) FROM tokens, token_counters)
            """)
        )


def board_mended():
    """Whether Redis is up and its line is that of PostgreSQL, by what the app does every second."""
    try:
        with db.transaction() as session:
            token_queue.reconcile(session)
            return line.is_up() and line.astray(session) == 0
    except line.RedisError:
        return False


def relayed():
    """How many events; what a screen says if MongoDB refused."""
    try:
        total = relay.drain()
    except ClinicError as refused:
        return str(refused)
    return total.events if total else 0


def verified():
    return list(map(str, verify.run()))
