"""What a test of the browser does without one, on the stores of the app."""

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from core import auth, clock, db, migrations, token_queue, users, visits
from core.models import Token, TokenState, User, Visit, VisitState
from core.permissions import Actor, Role
from etl import verify
from tests import factories
from tests.forks import apart


def at(app, step, *arguments):
    """What a step of this file answers, in a process of its own."""
    return apart(app.environment, step, *arguments)


def set_up() -> None:
    """A clinic with two people at the desk and a doctor: user1, user2 and user3."""
    migrations.upgrade(db.engine())
    with db.transaction() as session:
        factories.set_up(session)
        for role, name in ((Role.RECEPTION, "Ravi"), (Role.RECEPTION, "Mira"), (Role.DOCTOR, "Dr Sen")):
            factories.a_user(session, role, name)
        session.execute(update(User).values(must_change_password=False))


def sign_in(username: str, password: str) -> str:
    """The token of a cookie."""
    with db.transaction() as session:
        return auth.sign_in(session, username, password, "127.0.0.1").token


def disable(username: str) -> None:
    with db.transaction() as session:
        users.disable(session, factories.an_admin(session), _actor(session, username).user_id)


def proven() -> None:
    """Every number once, one chain without a fork, and MongoDB has everything once."""
    with db.transaction() as session:
        numbers = session.scalars(text("SELECT number FROM tokens ORDER BY number")).all()
    assert numbers == [*range(1, len(numbers) + 1)], numbers
    assert verify.run() == []


def see_everybody(username: str) -> None:
    """Nobody sits with this doctor any more, and nobody waits."""
    with db.transaction() as session:
        doctor = _actor(session, username)
        for visit_id in session.scalars(select(Visit.id).where(Visit.state == VisitState.OPEN)).all():
            visits.add_note(session, doctor, visit_id, "Seen")
            visits.complete(session, doctor, visit_id)
        for token_id in session.scalars(select(Token.id).where(Token.state == TokenState.CALLED)).all():
            token_queue.finish(session, doctor, token_id)
        while token := token_queue.call_next(session, doctor, doctor.user_id):
            token_queue.finish(session, doctor, token.token_id)


def last_number() -> int:
    """Of today's tokens."""
    with db.reading() as session:
        return session.scalar(select(func.max(Token.number)).where(Token.issued_on == clock.today()))


def begin_visit(username: str) -> None:
    """Somebody sits with this doctor, and nobody else waits."""
    see_everybody(username)
    with db.transaction() as session:
        factories.a_visit(session, _actor(session, username))


def _actor(session: Session, username: str) -> Actor:
    user = session.scalars(select(User).where(User.username == username)).one()
    return Actor(user.id, user.name, user.role)
