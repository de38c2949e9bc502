"""Who is to take it: what a prescription is held against."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.models import Medicine, Patient, Prescription, PrescriptionItem, PrescriptionState, Route, User, Visit, Vitals

MOST_DAYS_RUNNING = 366
_GROWN_UP = 18
_WEIGHT_OF_A_CHILD_HOLDS = timedelta(days=183)


@dataclass(frozen=True)
class Running:
    """A medicine from an earlier visit that is still being taken; `days_left` with today."""

    medicine: Medicine
    route: Route
    doctor: str
    since: date
    days_left: int


@dataclass(frozen=True)
class Taker:
    """`age_years` and `weight_kg` are None where nobody knows them, or the weight of a child is half a year old."""

    name: str
    allergies: str = ""
    age_years: Decimal | None = None
    weight_kg: Decimal | None = None
    running: tuple[Running, ...] = ()


def taker(session: Session, visit: Visit) -> Taker:
    """Three statements."""
    patient = session.get_one(Patient, visit.patient_id, populate_existing=True)
    age = None if patient.birth_date is None else Decimal(clock.exact_age(patient.birth_date, clock.today()))
    weight = _weight(session, patient.id, age)
    return Taker(patient.name, patient.allergies, age, weight, _running(session, patient.id, visit.id))


def _weight(session: Session, patient_id: int, age_years: Decimal | None) -> Decimal | None:
    measured = (
        select(Vitals.weight_kg, Vitals.recorded_at)
        .join(Visit, Visit.id == Vitals.visit_id)
        .where(Visit.patient_id == patient_id, Vitals.weight_kg.is_not(None), Vitals.struck_at.is_(None))
        .order_by(Vitals.recorded_at.desc())
    )
    last = session.execute(measured.limit(1)).one_or_none()
    if last is None:
        return None
    grows = age_years is None or age_years < _GROWN_UP
    return None if grows and clock.now() - last.recorded_at > _WEIGHT_OF_A_CHILD_HOLDS else last.weight_kg


def _running(session: Session, patient_id: int, visit_id: int) -> tuple[Running, ...]:
    """Prescribed in other visits and not taken to the end by today, the newest first."""
    rows = session.execute(
        select(Medicine, PrescriptionItem.route, PrescriptionItem.duration_days, User.name, Prescription.issued_at)
        .join(PrescriptionItem, PrescriptionItem.medicine_id == Medicine.id)
        .join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
        .join(Visit, Visit.id == Prescription.visit_id)
        .join(User, User.id == Prescription.issued_by_id)
        .where(
            Visit.patient_id == patient_id,
            Visit.id != visit_id,
            Visit.started_at > clock.now() - timedelta(days=MOST_DAYS_RUNNING),
            Prescription.state == PrescriptionState.ISSUED,
        )
        .order_by(Prescription.issued_at.desc(), PrescriptionItem.id)
    )
    ordered = [
        Running(medicine, route, doctor, since, days - (clock.today() - since).days)
        for medicine, route, days, doctor, at in rows
        for since in [clock.day_of(at)]
    ]
    return tuple(running for running in ordered if running.days_left > 0)
