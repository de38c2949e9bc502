"""Vitals that contradict each other, or that hardly anyone walks in with.

What no body has is refused when it is typed (core.measurements). Here: pressures too close together, a body mass or a
temperature next to impossible, an adult who grew, a weight that changed by a third within a month. Of each kind the
last measurement of a visit counts: one that was corrected on the spot is no contradiction.
"""

from typing import Any

from sqlalchemy import Numeric, Select, and_, cast, func, literal, select, text, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.selectable import Subquery

from core.models import Patient, User, Visit, VisitState, Vitals
from core.permissions import Permission
from core.quality.check import Check, Column, Found, a_year_ago, clinic_day, columns, told, who
from core.words import later, say

LEAST_PULSE_PRESSURE_MMHG = 10
ADULT_BMI = (12, 60)  # kg/m²
TEMPERATURE_C, PULSE_BPM, LEAST_OXYGEN_PCT = (33, 42), (30, 220), 60
MOST_GROWTH_CM, GROWN_YEARS = 5, 21
MOST_WEIGHT_CHANGE, WEIGHT_DAYS, INFANT_YEARS = 0.3, 31, 2


def _last_measured(*kinds: Any) -> Select[*tuple[Any, ...]]:
    """The last measurement of these kinds in each visit of the year that was not cancelled."""
    return (
        select(Vitals, Visit.patient_id, Visit.doctor_id, Patient.birth_date)
        .ext(distinct_on(Vitals.visit_id))
        .join(Visit, Visit.id == Vitals.visit_id)
        .join(Patient, Patient.id == Visit.patient_id)
        .where(Visit.started_at >= a_year_ago(), Visit.state != VisitState.CANCELLED, Vitals.struck_at.is_(None))
        .where(*(kind.is_not(None) for kind in kinds))
        .order_by(Vitals.visit_id, Vitals.id.desc())
    )


def _older_than(years: int) -> Column:
    """False where the birth date is not known."""
    return Patient.birth_date + text(f"interval '{years} years'") <= Vitals.recorded_at


def _pressures() -> Found:
    at = _last_measured(Vitals.systolic_mmhg, Vitals.diastolic_mmhg).subquery()
    said = told(
        say("Blood pressure {systolic}/{diastolic} mmHg"), systolic=at.c.systolic_mmhg, diastolic=at.c.diastolic_mmhg
    )
    return _legged(at, said).where(at.c.systolic_mmhg - at.c.diastolic_mmhg < LEAST_PULSE_PRESSURE_MMHG)


def _body_mass() -> Found:
    at = _last_measured(Vitals.weight_kg, Vitals.height_cm).where(_older_than(GROWN_YEARS)).subquery()
    bmi = at.c.weight_kg / func.power(at.c.height_cm / 100, 2)
    said = told(
        say("{weight} kg at {height} cm: BMI {bmi}"),
        weight=_number(at.c.weight_kg),
        height=_number(at.c.height_cm),
        bmi=func.round(bmi, 1),
    )
    return _legged(at, said).where(~bmi.between(*ADULT_BMI))


def _hardly_walking(kind: Any, words: str, least: int, most: int) -> Found:
    at = _last_measured(kind).subquery()
    value = at.c[kind.key]
    return _legged(at, told(words, value=_number(value))).where(~value.between(least, most))


def _grown() -> Found:
    at = _with_before(_last_measured(Vitals.height_cm).where(_older_than(GROWN_YEARS)).subquery(), "height_cm")
    said = told(say("Height {before} cm, then {now} cm"), before=_number(at.c.before), now=_number(at.c.height_cm))
    return _legged(at, said).where(func.abs(at.c.height_cm - at.c.before) > MOST_GROWTH_CM)


def _changed_weight() -> Found:
    at = _with_before(_last_measured(Vitals.weight_kg).where(_older_than(INFANT_YEARS)).subquery(), "weight_kg")
    said = told(say("Weight {before} kg, then {now} kg"), before=_number(at.c.before), now=_number(at.c.weight_kg))
    within = at.c.recorded_at - at.c.before_at <= text(f"interval '{WEIGHT_DAYS} days'")
    return _legged(at, said).where(within, func.abs(at.c.weight_kg - at.c.before) > MOST_WEIGHT_CHANGE * at.c.before)


def _with_before(at: Subquery, kind: str) -> Subquery:
    """Beside each measurement the one of the same patient before it."""
    before, before_at = (
        func.lag(at.c[name]).over(partition_by=at.c.patient_id, order_by=at.c.recorded_at).label(label)
        for name, label in ((kind, "before"), ("recorded_at", "before_at"))
    )
    return select(at, before, before_at).subquery()


def _legged(at: Subquery, said: Column) -> Found:
    named = columns(
        at.c.visit_id,
        who(),
        func.concat(said, literal(" · "), User.name),
        clinic_day(at.c.recorded_at),
        staff_id=at.c.doctor_id,
        patient_id=Patient.id,
    )
    return select(*named).join(Patient, Patient.id == at.c.patient_id).join(User, User.id == at.c.doctor_id)


def _number(value: Any) -> Column:
    """Without zeros behind the point."""
    return func.trim_scale(cast(value, Numeric))


def _found() -> Found:
    legs = union_all(
        _pressures(),
        _body_mass(),
        _hardly_walking(Vitals.temperature_c, say("Temperature {value} °C"), *TEMPERATURE_C),
        _hardly_walking(Vitals.pulse_bpm, say("Pulse {value} per minute"), *PULSE_BPM),
        _hardly_walking(Vitals.oxygen_saturation_pct, say("Oxygen saturation {value} %"), LEAST_OXYGEN_PCT, 100),
        _grown(),
        _changed_weight(),
    ).subquery()
    return select(*legs.c).order_by(legs.c.on.desc(), legs.c.record_id.desc(), legs.c.detail)


def _among() -> Select[int]:
    counts = (Visit.state != VisitState.CANCELLED, Vitals.struck_at.is_(None))
    measured = and_(Visit.started_at >= a_year_ago(), *counts)
    return select(func.count(Vitals.id)).join(Visit, Visit.id == Vitals.visit_id).where(measured)


CHECKS = (
    Check(
        "vitals",
        later("Vitals that contradict each other"),
        later("A swapped digit or a wrong unit misleads the next doctor and every average."),
        later("measurements of the last year"),
        Permission.READ_CLINICAL,
        _found,
        _among,
        own_first=True,
    ),
)
