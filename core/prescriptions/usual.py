"""How a doctor usually prescribes a medicine, and what of it a typed line changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, cast, func, literal, select, true
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from core import clock
from core.models import (
    Medicine,
    MedicineForm,
    Patient,
    Prescription,
    PrescriptionItem,
    PrescriptionState,
    Route,
    Visit,
)
from core.permissions import Actor, Permission, require
from core.prescriptions.records import ItemDetails
from core.prescriptions.typed import TypedLine

# Ages in years at which a next group begins: infants, small children, children, youths, adults, the elderly.
_GROUPS = (1, 6, 12, 18, 65)
_LOOK_BACK = timedelta(days=365)
_DOSE = {MedicineForm.SYRUP: 5, MedicineForm.DROPS: 2, MedicineForm.INHALER: 2}
_ROUTE = {
    MedicineForm.CREAM: Route.TOPICAL,
    MedicineForm.INHALER: Route.INHALED,
    MedicineForm.INJECTION: Route.INTRAMUSCULAR,
    MedicineForm.SUPPOSITORY: Route.RECTAL,
}


def usual(session: Session, actor: Actor, visit_id: int, medicine_ids: Sequence[int]) -> dict[int, ItemDetails]:
    """As this doctor last prescribed each within a year to a patient of the same age group, else as is common.

    Unknown medicines are left out. One statement.
    """
    require(actor, Permission.PRESCRIBE)
    here, of = aliased(Visit), aliased(Patient)
    group = select(_age_group(here.started_at, of.birth_date)).select_from(here).join(of, of.id == here.patient_id)
    last = (
        select(PrescriptionItem)
        .join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
        .join(Visit, Visit.id == Prescription.visit_id)
        .join(Patient, Patient.id == Visit.patient_id)
        .where(
            PrescriptionItem.medicine_id == Medicine.id,
            Prescription.issued_by_id == actor.user_id,
            Prescription.state == PrescriptionState.ISSUED,  # one taken back may have been a mistake
            Prescription.issued_at > clock.now() - _LOOK_BACK,
            _age_group(Visit.started_at, Patient.birth_date).is_not_distinct_from(
                group.where(here.id == visit_id).scalar_subquery()
            ),
        )
        .order_by(PrescriptionItem.id.desc())
        .limit(1)
        .lateral()
    )
    item = aliased(PrescriptionItem, last)
    rows = session.execute(select(Medicine, item).outerjoin(last, true()).where(Medicine.id.in_(list(medicine_ids))))
    return {medicine.id: _as_before(used) if used else _common(medicine) for medicine, used in rows}


def as_typed(line: TypedLine, usually: ItemDetails) -> ItemDetails:
    """What is said in the line; what it leaves out is as usual."""
    return replace(
        usually,
        dose=line.dose or usually.dose,
        frequency=line.frequency or usually.frequency,
        duration_days=line.duration_days or usually.duration_days,
        route=line.route or usually.route,
        instructions=line.instructions or usually.instructions,
    )


def _age_group(at: InstrumentedAttribute[Any], born: InstrumentedAttribute[Any]) -> ColumnElement[int]:
    """Null where the age is not known, which is a group of its own."""
    years = cast(func.date_part("year", func.age(cast(at, Date), born)), Integer)
    return func.width_bucket(years, array([literal(age, Integer) for age in _GROUPS]))


def _as_before(item: PrescriptionItem) -> ItemDetails:
    return ItemDetails(item.medicine_id, item.dose, item.frequency, item.duration_days, item.route, item.instructions)


def _common(medicine: Medicine) -> ItemDetails:
    dose, route = Decimal(_DOSE.get(medicine.form, 1)), _ROUTE.get(medicine.form, Route.ORAL)
    return ItemDetails(medicine.id, dose, "BD", 5, route)
