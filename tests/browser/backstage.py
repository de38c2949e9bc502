"""What a test of the browser does without one, on the stores of the app."""

from sqlalchemy import select, text, update

from core import auth, db, migrations, users
from core.models import User
from core.permissions import Actor, Role
from etl import verify
from tests import factories
from tests.forks import apart


def at(app, step, *arguments):
    """A step of this file in a process of its own."""
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
        user_id = session.scalars(select(User.id).where(User.username == username)).one()
        users.disable(session, factories.an_admin(session), user_id)


def proven() -> None:
    """Every number once, one chain without a fork, and MongoDB has everything once."""
    with db.transaction() as session:
        numbers = session.scalars(text("SELECT number FROM tokens ORDER BY number")).all()
    assert numbers == [*range(1, len(numbers) + 1)], numbers
    assert verify.run() == []


def begin_visit(username: str) -> None:
    """Somebody sits with this doctor."""
    with db.transaction() as session:
        doctor = session.scalars(select(User).where(User.username == username)).one()
        factories.a_visit(session, Actor(doctor.id, doctor.name, doctor.role))
