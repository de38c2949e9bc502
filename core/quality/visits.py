"""Visits: without a diagnosis, left open, without a bill."""

from typing import Any

from sqlalchemy import Select, exists, func, select

from core.models import Diagnosis, Invoice, InvoiceState, Patient, User, Visit, VisitState
from core.permissions import Permission
from core.quality.check import Check, Found, a_year_ago, clinic_day, columns, today_began, who
from core.words import later

_OF_THE_YEAR = later("completed visits of the last year")


def _visits(detail: Any) -> Found:
    """The newest first. Joined by hand: whoever is the doctor, and whoever the patient."""
    named = columns(
        Visit.id, who(), detail, clinic_day(Visit.started_at), staff_id=Visit.doctor_id, patient_id=Patient.id
    )
    return (
        select(*named)
        .join(Patient, Patient.id == Visit.patient_id)
        .join(User, User.id == Visit.doctor_id)
        .order_by(Visit.started_at.desc(), Visit.id.desc())
    )


def _completed() -> tuple[Any, Any]:
    return (Visit.state == VisitState.COMPLETED, Visit.started_at >= a_year_ago())


def _completed_count() -> Select[int]:
    return select(func.count(Visit.id)).where(*_completed())


def _uncoded() -> Found:
    return _visits(User.name).where(
        *_completed(), ~exists().where(Diagnosis.visit_id == Visit.id, Diagnosis.struck_at.is_(None))
    )


def _left_open() -> Found:
    return _visits(User.name).where(Visit.state == VisitState.OPEN, Visit.started_at < today_began())


def _open_count() -> Select[int]:
    return select(func.count(Visit.id)).where(Visit.started_at >= a_year_ago(), Visit.started_at < today_began())


def _unbilled() -> Found:
    billed = exists().where(Invoice.visit_id == Visit.id, Invoice.state != InvoiceState.CANCELLED)
    return _visits(User.name).where(*_before_today(), ~billed)


def _billable_count() -> Select[int]:
    return select(func.count(Visit.id)).where(*_before_today())


def _before_today() -> tuple[Any, ...]:
    return (*_completed(), Visit.completed_at < today_began())


CHECKS = (
    Check(
        "uncoded",
        later("Visits without a diagnosis code"),
        later("What was treated cannot be counted, compared or claimed for."),
        _OF_THE_YEAR,
        Permission.READ_CLINICAL,
        _uncoded,
        _completed_count,
        own_first=True,
    ),
    Check(
        "left-open",
        later("Visits left open"),
        later("A visit that nobody completed is not in the history, not billed and not in any report."),
        later("visits of the last year before today"),
        Permission.READ_CLINICAL,
        _left_open,
        _open_count,
        own_first=True,
    ),
    Check(
        "unbilled",
        later("Visits without a bill"),
        later("Seen before today and never billed: money the clinic will not get."),
        later("completed visits of the last year before today"),
        Permission.SEE_BILLS,
        _unbilled,
        _billable_count,
    ),
)
