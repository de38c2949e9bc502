"""Patients: two records of one person, and details that nobody asked for."""

from typing import Any

from sqlalchemy import Select, and_, case, func, literal, null, or_, select, union
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from core.models import Patient, Sex
from core.permissions import Permission
from core.quality.check import Check, Column, Found, clinic_day, columns, told
from core.words import later, say

AGES_DIFFER_DAYS = 3 * 366  # an age that was asked at the desk is off by this much at most


def _words(patient: Any) -> Column:
    return func.string_to_array(patient.spelt, " ")


def _twice() -> Found:
    """Pairs, the older record first: same phone and a name of the same words, or same name and birth date."""
    one, other = aliased(Patient, name="one"), aliased(Patient, name="other")
    older = and_(one.id < other.id, one.archived_at.is_(None), other.archived_at.is_(None), _same_sex(one, other))
    sharing = and_(one.phone == other.phone, one.phone != "", older, _same_age(one, other), _same_words(one, other))
    alike = and_(one.birth_date == other.birth_date, one.spelt == other.spelt, one.spelt != "", older)
    born = and_(alike, ~one.birth_date_is_estimated, ~other.birth_date_is_estimated)
    title = func.concat(one.name, literal(" · "), one.mrn)
    second = func.concat(other.name, literal(" · "), other.mrn)
    on = clinic_day(other.registered_at)
    legs = [
        select(
            *columns(one.id, title, told(said, other=second), on, patient_id=one.id, other_id=other.id),
            literal(place).label("place"),
        ).join_from(one, other, same)
        for place, (said, same) in enumerate(
            ((say("Same phone as {other}"), sharing), (say("Same birth date as {other}"), born))
        )
    ]
    pairs = union(*legs).subquery()
    first = select(*pairs.c).ext(distinct_on(pairs.c.record_id, pairs.c.other_id))
    once = first.order_by(pairs.c.record_id, pairs.c.other_id, pairs.c.place).subquery()
    return select(*[column for column in once.c if column.key != "place"]).order_by(
        once.c.on.desc(), once.c.other_id.desc()
    )


def _same_sex(one: Any, other: Any) -> Column:
    return or_(one.sex == other.sex, one.sex == Sex.UNKNOWN, other.sex == Sex.UNKNOWN)


def _same_age(one: Any, other: Any) -> Column:
    """The same birth date, or one that may be: of the two at least one was estimated from an age or is not known."""
    guessed = or_(one.birth_date_is_estimated, other.birth_date_is_estimated)
    near = func.abs(one.birth_date - other.birth_date) <= AGES_DIFFER_DAYS
    unknown = or_(one.birth_date.is_(None), other.birth_date.is_(None))
    return or_(unknown, one.birth_date == other.birth_date, and_(guessed, near))


def _same_words(one: Any, other: Any) -> Column:
    """Whatever their order; one record may leave some of them out."""
    left, right = _words(one), _words(other)
    together = [func.replace(patient.spelt, " ", "") for patient in (one, other)]
    return or_(left.op("<@")(right), right.op("<@")(left), together[0] == together[1])


def _incomplete() -> Found:
    missing = func.concat_ws(
        ", ",
        case((Patient.birth_date.is_(None), say("birth date")), else_=null()),
        case((Patient.phone == "", say("phone")), else_=null()),
        case((Patient.sex == Sex.UNKNOWN, say("sex")), else_=null()),
    )
    title = func.concat(Patient.name, literal(" · "), Patient.mrn)
    on = clinic_day(func.coalesce(Patient.last_visit_at, Patient.registered_at))
    unknown = or_(Patient.birth_date.is_(None), Patient.phone == "", Patient.sex == Sex.UNKNOWN)
    return (
        select(*columns(Patient.id, title, told(say("No {missing}"), missing=missing), on, patient_id=Patient.id))
        .where(Patient.archived_at.is_(None), unknown)
        .order_by(Patient.last_visit_at.desc().nulls_last(), Patient.id.desc())
    )


def _patients() -> Select[int]:
    return select(func.count(Patient.id)).where(Patient.archived_at.is_(None))


CHECKS = (
    Check(
        "duplicates",
        later("Likely duplicates"),
        later("Half of the history, the allergies among it, stands in a record that nobody opens."),
        later("patients"),
        Permission.SEE_PATIENTS,
        _twice,
        _patients,
    ),
    Check(
        "incomplete",
        later("Patients without birth date, phone or sex"),
        later("Doses go by age, reminders by phone, and people of one name are told apart by both."),
        later("patients"),
        Permission.SEE_PATIENTS,
        _incomplete,
        _patients,
    ),
)
