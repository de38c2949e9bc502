"""What a test of the browser does without one: `python -m tests.browser.backstage STEP` on the stores of the app."""

import os
import subprocess
import sys

from sqlalchemy import select, text, update

from core import db, migrations, users
from core.models import User
from core.permissions import Role
from etl import verify
from tests import factories
from tests.running import ROOT


def at(folder, *step):
    """A step in a process of its own, on the stores in a data folder."""
    command = [sys.executable, "-m", __name__, *step]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "QURE_DATA_DIR": str(folder)}, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def set_up() -> None:
    """A clinic with two people at the desk and a doctor: user1, user2 and user3."""
    migrations.upgrade(db.engine())
    with db.transaction() as session:
        factories.set_up(session)
        for role, name in ((Role.RECEPTION, "Ravi"), (Role.RECEPTION, "Mira"), (Role.DOCTOR, "Dr Sen")):
            factories.a_user(session, role, name)
        session.execute(update(User).values(must_change_password=False))


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


if __name__ == "__main__":
    step, *arguments = sys.argv[1:]
    {"set_up": set_up, "disable": disable, "proven": proven}[step](*arguments)
