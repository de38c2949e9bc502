"""PostgreSQL prescriptions → MongoDB monthly_prescribing: one document per month in which patients were seen.

Months are those of the visits' tokens. Of completed visits it counts what stands prescribed: a prescription that was
replaced or cancelled is no habit of its doctor. Patients are counted, so that reports can leave out what so few were
prescribed that it would tell of one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from core.analytics import store
from core.analytics.documents import midnight
from core.analytics.summaries import DoctorPrescribing, MedicinePrescribing, MonthlyPrescribing, OverrideCount
from core.models import (
    OverriddenWarning,
    Prescription,
    PrescriptionItem,
    PrescriptionState,
    Token,
    Visit,
    VisitState,
)
from etl import antibiotics, making, periods
from etl.daily_care import is_overridden

COLLECTION = "monthly_prescribing"
_MONTHS_AT_ONCE = 12
_MONTH = periods.month(Token.issued_on)


def remake(session: Session, months: Iterable[date]) -> int:
    """Write these months afresh; one in which nobody was seen has no document."""
    return making.again(COLLECTION, map(periods.key_of, months), partial(by_id, session), _MONTHS_AT_ONCE)


def documents(session: Session) -> Iterator[list[MonthlyPrescribing]]:
    for batch in store.batches(_months(session), _MONTHS_AT_ONCE):
        yield by_month(session, batch)


def by_id(session: Session, ids: Iterable[str]) -> list[MonthlyPrescribing]:
    return by_month(session, [periods.from_key(key) for key in ids])


def count(session: Session) -> int:
    return len(_months(session))


def by_month(session: Session, months: Sequence[date]) -> list[MonthlyPrescribing]:
    """Those of the months in which patients were seen. Four statements, however many months."""
    doctors, medicines = _doctors(session, months), _medicines(session, months)
    overrides = _overrides(session, months)
    return [
        {
            "_id": periods.key_of(month),
            "date": midnight(month),
            "doctors": doctors[month],
            "medicines": medicines[month],
            "overrides": overrides[month],
        }
        for month in sorted(doctors)
    ]


def _doctors(session: Session, months: Sequence[date]) -> Mapping[date, list[DoctorPrescribing]]:
    is_antibiotic = PrescriptionItem.medicine_id.in_(antibiotics.medicines(session)) & PrescriptionItem.route.in_(
        antibiotics.SYSTEMIC
    )
    visits, items = func.count(Visit.id.distinct()), func.count(PrescriptionItem.id)
    told = select(
        *(_MONTH, Visit.doctor_id, visits, func.count(Prescription.id.distinct())),
        *(visits.filter(is_antibiotic), items, items.filter(is_overridden())),
    )
    rows = _grouped(_of_visits(told, months, outer=True), _MONTH, Visit.doctor_id)
    found: dict[date, list[DoctorPrescribing]] = defaultdict(list)
    for month, doctor, seen, prescribed, with_antibiotic, number, overridden in session.execute(rows):
        found[month].append(
            {
                "id": doctor,
                "visits": seen,
                "prescribed": prescribed,
                "antibiotics": with_antibiotic,
                "items": number,
                "overridden": overridden,
            }
        )
    return found


def _medicines(session: Session, months: Sequence[date]) -> Mapping[date, list[MedicinePrescribing]]:
    items, patients = func.count(PrescriptionItem.id), func.count(Visit.patient_id.distinct())
    told = select(
        *(_MONTH, PrescriptionItem.medicine_id, items, patients),
        *(items.filter(is_overridden()), patients.filter(is_overridden())),
    )
    found: dict[date, list[MedicinePrescribing]] = defaultdict(list)
    for month, medicine, number, people, overridden, overridden_people in session.execute(
        _grouped(_of_visits(told, months), _MONTH, PrescriptionItem.medicine_id)
    ):
        found[month].append(
            {
                "id": medicine,
                "items": number,
                "patients": people,
                "overridden": overridden,
                "overridden_patients": overridden_people,
            }
        )
    return found


def _overrides(session: Session, months: Sequence[date]) -> Mapping[date, list[OverrideCount]]:
    """An item may have been warned of for several reasons."""
    by = (_MONTH, Visit.doctor_id, PrescriptionItem.medicine_id, OverriddenWarning.kind)
    told = select(*by, func.count(PrescriptionItem.id.distinct()))
    warned = _of_visits(told, months).join(
        OverriddenWarning, OverriddenWarning.prescription_item_id == PrescriptionItem.id
    )
    found: dict[date, list[OverrideCount]] = defaultdict(list)
    for month, doctor, medicine, kind, items in session.execute(_grouped(warned, *by)):
        found[month].append({"doctor": doctor, "medicine": medicine, "kind": kind.value, "items": items})
    return found


def _of_visits(
    what: Select[*tuple[Any, ...]], months: Sequence[date], *, outer: bool = False
) -> Select[*tuple[Any, ...]]:
    """From the items that stand prescribed at completed visits; `outer`: from those without any, too."""
    stands = (Prescription.visit_id == Visit.id) & (Prescription.state == PrescriptionState.ISSUED)
    return (
        what.select_from(Token)
        .join(Visit, Visit.token_id == Token.id)
        .join(Prescription, stands, isouter=outer)
        .join(PrescriptionItem, PrescriptionItem.prescription_id == Prescription.id, isouter=outer)
        .where(periods.days_in(Token.issued_on, periods.of_months(months)), Visit.state == VisitState.COMPLETED)
    )


def _grouped(rows: Select[*tuple[Any, ...]], *by: ColumnElement[Any] | Any) -> Select[*tuple[Any, ...]]:
    return rows.group_by(*by).order_by(*by)


def _months(session: Session) -> list[date]:
    seen = select(_MONTH).distinct().join(Visit, Visit.token_id == Token.id)
    return sorted(session.scalars(seen.where(Visit.state == VisitState.COMPLETED)))
