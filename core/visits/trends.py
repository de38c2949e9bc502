"""What was measured of a patient before: the course of each vital sign, and what it says of a value typed now."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core import clock, patients
from core.errors import Invalid
from core.measurements import NAMES, Measurements, doubts
from core.models import Patient, Visit, Vitals
from core.permissions import Actor, Permission, require

LATEST = 12  # sets of vitals


class Doubtful(Invalid):
    """Values that could be, and would fit better in another unit. Said again with `sure`, they are taken."""


@dataclass(frozen=True)
class Point:
    """One value of one sign."""

    measured_on: date
    value: Decimal | int
    visit_id: int


def vital_trends(session: Session, actor: Actor, patient_id: int) -> dict[str, tuple[Point, ...]]:
    """By sign, the values in the latest sets of vitals, oldest first; one that is in none of them is left out.

    One statement, two where nothing was measured. Raises ReasonNeeded.
    """
    require(actor, Permission.READ_CLINICAL)
    courses = _courses(session, patient_id, patients.open_to(actor, patient_id))
    if not courses:
        patients.check_open(session, actor, patient_id)
    return courses


def latest(courses: dict[str, tuple[Point, ...]]) -> Measurements:
    """The newest value of each sign, from whichever set."""
    return Measurements(**{name: points[-1].value for name, points in courses.items()})  # type: ignore[arg-type]


def ask(session: Session, visit: Visit, measured: Measurements) -> None:
    """Raises Doubtful if what was measured before, or the age, speaks for another unit."""
    born = session.scalar(select(Patient.birth_date).where(Patient.id == visit.patient_id))
    age = clock.exact_age(born, clock.today()) if born else None
    if questions := doubts(measured, latest(_courses(session, visit.patient_id)), age):
        raise Doubtful(questions)


def _courses(session: Session, patient_id: int, *only: ColumnElement[bool]) -> dict[str, tuple[Point, ...]]:
    rows = session.execute(
        select(Vitals.recorded_at, Vitals.visit_id, *(getattr(Vitals, name) for name in NAMES))
        .join(Visit, Visit.id == Vitals.visit_id)
        .where(Visit.patient_id == patient_id, Vitals.struck_at.is_(None), *only)
        .order_by(Vitals.recorded_at.desc(), Vitals.id.desc())
        .limit(LATEST)
    )
    courses: dict[str, list[Point]] = {}
    for recorded_at, visit_id, *values in rows:
        for name, value in zip(NAMES, values, strict=True):
            if value is not None:
                courses.setdefault(name, []).append(Point(clock.day_of(recorded_at), value, visit_id))
    return {name: tuple(reversed(points)) for name, points in courses.items()}
