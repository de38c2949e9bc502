"""Who is to take it: what a prescription is held against."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import bindparam, or_, select, true
from sqlalchemy.orm import Session, aliased

from core import clock, formulary, patients
from core.errors import NotFound
from core.models import Medicine, Patient, Prescription, PrescriptionItem, PrescriptionState, Route, User, Visit, Vitals
from core.permissions import Actor, Permission, require

MOST_DAYS_RUNNING = 366
_GROWN_UP = 18
_WEIGHT_OF_A_CHILD_HOLDS = timedelta(days=183)
_MOST_WORDS = 30
# What is written of allergies beside what they are to.
_NO_ALLERGENS = frozenset(
    {
        *("after", "allergic", "allergies", "allergy", "anaphylaxis", "asked", "child", "drug", "drugs", "dust"),
        *("food", "from", "history", "itching", "known", "medicine", "medicines", "mild", "none", "pollen", "rash"),
        *("reaction", "severe", "since", "skin", "swelling", "tablet", "tablets", "with"),
    }
)

_BEFORE = aliased(Visit)
_WEIGHED = (
    select(Vitals.weight_kg, Vitals.recorded_at)
    .join(_BEFORE, _BEFORE.id == Vitals.visit_id)
    .where(_BEFORE.patient_id == Patient.id, Vitals.weight_kg.is_not(None), Vitals.struck_at.is_(None))
    .order_by(Vitals.recorded_at.desc())
    .limit(1)
    .lateral()
)
_TAKER = (
    select(Patient, Visit.doctor_id, _WEIGHED.c.weight_kg, _WEIGHED.c.recorded_at)
    .join(Visit, Visit.patient_id == Patient.id)
    .outerjoin(_WEIGHED, true())
    .where(Visit.id == bindparam("visit"))
    .execution_options(populate_existing=True)
)
_RUNNING = (
    select(Medicine, PrescriptionItem.route, PrescriptionItem.duration_days, User.id, User.name, Prescription.issued_at)
    .join(PrescriptionItem, PrescriptionItem.medicine_id == Medicine.id)
    .join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
    .join(Visit, Visit.id == Prescription.visit_id)
    .join(User, User.id == Prescription.issued_by_id)
    .where(
        *(Visit.patient_id == bindparam("patient"), Visit.id != bindparam("visit")),
        *(Visit.started_at > bindparam("since"), Prescription.state == PrescriptionState.ISSUED),
    )
    .order_by(Prescription.issued_at.desc(), PrescriptionItem.id)
)


@dataclass(frozen=True)
class Running:
    """A medicine from an earlier visit that is still being taken; `days_left` with today.

    `is_own`: prescribed by the doctor of this visit.
    """

    medicine: Medicine
    route: Route
    doctor: str
    since: date
    days_left: int
    is_own: bool = True


@dataclass(frozen=True)
class Taker:
    """`age_years` and `weight_kg` are None where nobody knows them.

    A child's weight of more than half a year ago is `outdated`, with its day, and no longer its weight.

    `brands` are the generics of medicines on the clinic's list that `allergies` name: ("zifi", "Cefixime").
    """

    name: str
    allergies: str = ""
    age_years: Decimal | None = None
    weight_kg: Decimal | None = None
    running: tuple[Running, ...] = ()
    brands: tuple[tuple[str, str], ...] = ()
    outdated: tuple[Decimal, date] | None = None


def taker(session: Session, actor: Actor, visit_id: int) -> Taker:
    """Two statements, three where an allergy may name a brand. Raises NotFound, or ReasonNeeded in another's visit."""
    require(actor, Permission.PRESCRIBE)
    row = session.execute(_TAKER, {"visit": visit_id}).one_or_none()
    if row is None:
        raise NotFound("visit", visit_id)
    patient, doctor_id, *last = row
    patients.check_open(session, actor, patient.id, doctor_id)
    age = None if patient.birth_date is None else Decimal(clock.exact_age(patient.birth_date, clock.today()))
    weight, outdated = _weight(age, *last)
    running = _running(session, patient.id, visit_id, doctor_id)
    brands = _brands(session, patient.allergies)
    return Taker(patient.name, patient.allergies, age, weight, running, brands, outdated)


def allergens(allergies: str) -> list[str]:
    """The words of what is written of allergies that may name one."""
    return sorted(set(re.findall(r"[^\W\d_]{4,}", allergies.casefold())) - _NO_ALLERGENS)


def _weight(
    age_years: Decimal | None, kg: Decimal | None, at: datetime | None
) -> tuple[Decimal | None, tuple[Decimal, date] | None]:
    """The last one while it holds, or else the outdated one."""
    if kg is None or at is None:
        return None, None
    grows = age_years is None or age_years < _GROWN_UP
    if grows and clock.now() - at > _WEIGHT_OF_A_CHILD_HOLDS:
        return None, (kg, clock.day_of(at))
    return kg, None


def _running(session: Session, patient_id: int, visit_id: int, doctor_id: int) -> tuple[Running, ...]:
    """Prescribed in other visits and not taken to the end by today, the newest first."""
    since = clock.now() - timedelta(days=MOST_DAYS_RUNNING)
    rows = session.execute(_RUNNING, {"patient": patient_id, "visit": visit_id, "since": since})
    ordered = [
        Running(medicine, route, doctor, since, days - (clock.today() - since).days, by_id == doctor_id)
        for medicine, route, days, by_id, doctor, at in rows
        for since in [clock.day_of(at)]
    ]
    return tuple(running for running in ordered if running.days_left > 0)


def _brands(session: Session, allergies: str) -> tuple[tuple[str, str], ...]:
    """Looked up only for words that stand for no substance."""
    words = [word for word in allergens(allergies) if not formulary.substances_begun(word)][:_MOST_WORDS]
    if not words:
        return ()
    rows = session.execute(
        select(Medicine.name, Medicine.generic)
        .where(Medicine.generic != "", or_(*(Medicine.name.istartswith(word, autoescape=True) for word in words)))
        .order_by(Medicine.id)
        .limit(_MOST_WORDS)
    )
    return tuple((word, generic) for name, generic in rows for word in words if name.casefold().startswith(word))
