"""The clinic that is measured: simulated, then filled up to its size, and the people who work in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from random import Random
from typing import Any

import psycopg
from sqlalchemy import URL, ColumnElement, exists, func, make_url, select, text
from sqlalchemy.orm import Session

from core import clock, db, migrations, stores
from core.bench import people, shelves
from core.bench.size import Size
from core.errors import Conflict
from core.models import Patient, Token, User, Visit
from core.permissions import Actor, Role
from etl import rebuild, simulate

PATIENTS_A_DAY = 60
VISITS_A_DAY = 48.5  # of so many patients, days on which it is closed among them
_GROWN = 2  # times its visits: whoever is seen while it is measured stays in a clinic that is kept


class OtherClinic(Conflict):
    def __init__(self, visits: int) -> None:
        super().__init__(f"This folder holds a clinic of {visits:,} visits. Name another folder, or remove this one.")


@dataclass(frozen=True)
class Clinic:
    """What the operations work with. `bare` is the connection of the floors, outside of any transaction."""

    size: Size
    desk: Actor
    doctor: Actor
    pharmacist: Actor
    manager: Actor
    bare: psycopg.Connection[Any]
    rng: Random
    waiting: list[int]  # patients who have not come yet today, in no order

    def somebody(self) -> int:
        """A patient with whom nothing has been done yet."""
        return self.waiting.pop()


@contextmanager
def opened(size: Size, tell: Callable[[str], object]) -> Iterator[Clinic]:
    """The clinic in the data folder, made if the folder is empty. Raises OtherClinic."""
    migrations.upgrade(db.engine())
    with db.transaction() as session:
        found = session.scalar(select(func.count()).select_from(Visit)) or 0
    if not found:
        _make(size, tell)
    elif not 0.9 < found / size.visits < _GROWN:
        raise OtherClinic(found)
    with db.transaction() as session:
        staff = _staff(session)
        free = list(session.scalars(select(Patient.id).where(Patient.archived_at.is_(None), ~_came_today())))
    rng = Random(size.seed)
    rng.shuffle(free)
    with psycopg.connect(conninfo(), autocommit=True, options=db.SERVER_SETTINGS) as bare:
        yield Clinic(
            size,
            staff[Role.RECEPTION],
            staff[Role.DOCTOR],
            staff[Role.PHARMACIST],
            staff[Role.MANAGER],
            bare,
            rng,
            free,
        )


def _staff(session: Session) -> dict[Role, Actor]:
    """Of each role the first."""
    rows = session.execute(select(User.id, User.name, User.role).order_by(User.id.desc()))
    return {Role(role): Actor(user_id, name, Role(role)) for user_id, name, role in rows}


def _came_today() -> ColumnElement[bool]:
    return exists().where(Token.patient_id == Patient.id, Token.issued_on == clock.today())


def conninfo(url: URL | None = None) -> str:
    """A database as psycopg takes it, the clinic's unless another is given."""
    given = url or make_url(stores.addresses().database_url)
    return given.set(drivername="postgresql").render_as_string(hide_password=False)


def _make(size: Size, tell: Callable[[str], object]) -> None:
    waiting = min(size.waiting, size.visits // 3)
    days = ceil((size.visits - waiting) / VISITS_A_DAY)
    tell(f"Simulating {days:,} days of {PATIENTS_A_DAY} patients")
    simulate.run(days, PATIENTS_A_DAY, size.seed, progress=True)
    with db.transaction() as session:
        known = session.scalar(select(func.max(Patient.id))) or 0
        if size.patients > known:
            tell(f"Registering {size.patients - known:,} patients")
            people.add(session, Random(f"people {size.seed}"), known + 1, size.patients)
        shelves.fill(session, Random(f"shelves {size.seed}"), size.medicines, size.batches)
    tell(f"Letting {waiting:,} paid bills wait for their medicines")
    with db.transaction() as session:
        _let_wait(session, Random(f"waiting {size.seed}"), waiting)
    tell("Summing up in MongoDB")
    rebuild.run(progress=True)
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _let_wait(session: Session, rng: Random, count: int) -> None:
    """Of three medicines each; of some there is not enough for everyone, or for anyone."""
    staff, medicines = _staff(session), shelves.made_up(session)
    patients = session.scalars(select(Patient.id).where(Patient.archived_at.is_(None)).limit(count)).all()
    if len(medicines) >= shelves.ITEMS:
        bills = [(p, [(m, rng.choice((5, 10, 30))) for m in rng.sample(medicines, shelves.ITEMS)]) for p in patients]
        shelves.wait(session, staff[Role.RECEPTION], staff[Role.DOCTOR], bills)
