"""The monthly report of warnings that were answered with a reason: a doctor sees the own ones, an administrator all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock, spreadsheet
from core.models import (
    Clinic,
    Medicine,
    OverriddenWarning,
    Patient,
    Prescription,
    PrescriptionItem,
    PrescriptionState,
    User,
    Visit,
    WarningKind,
)
from core.permissions import Actor, Permission, allowed, require

COLUMNS = ("Time", "Doctor", "MRN", "Patient", "Prescription", "Medicine", "Kind", "Warning", "Source", "Reason")


@dataclass(frozen=True)
class Override:
    """A warning and the `reason` to prescribe the medicine all the same."""

    issued_at: datetime
    doctor: str
    mrn: str
    patient: str
    number: str
    medicine: str
    kind: WarningKind
    sentence: str
    source: str
    reason: str


def overrides(session: Session, actor: Actor, month: date) -> list[Override]:
    """Those of the prescriptions that stand, issued in the month of this day, newest first."""
    require(actor, Permission.READ_CLINICAL)
    first = month.replace(day=1)
    begin, end = (clock.day_bounds(day)[0] for day in (first, clock.days_after(first, 31).replace(day=1)))
    found = (
        select(
            *(Prescription.issued_at, User.name, Patient.mrn, Patient.name, Prescription.number, Medicine.name),
            *(OverriddenWarning.kind, OverriddenWarning.sentence, OverriddenWarning.source),
            PrescriptionItem.override_reason,
        )
        .join(PrescriptionItem, PrescriptionItem.prescription_id == Prescription.id)
        .join(OverriddenWarning, OverriddenWarning.prescription_item_id == PrescriptionItem.id)
        .join(Medicine, Medicine.id == PrescriptionItem.medicine_id)
        .join(Visit, Visit.id == Prescription.visit_id)
        .join(Patient, Patient.id == Visit.patient_id)
        .join(User, User.id == Prescription.issued_by_id)
        .where(Prescription.issued_at >= begin, Prescription.issued_at < end)
        .where(Prescription.state == PrescriptionState.ISSUED)
        .order_by(Prescription.issued_at.desc(), OverriddenWarning.id)
    )
    if not allowed(actor, Permission.MANAGE_CLINIC):
        found = found.where(Prescription.issued_by_id == actor.user_id)
    rows: Iterable[Sequence[Any]] = session.execute(found)
    return [Override(*row) for row in rows]


def open_overrides(session: Session, actor: Actor, month: date) -> None:
    """Note that the actor reads the report of a month: it names patients."""
    require(actor, Permission.READ_CLINICAL)
    told: audit.Changes = {"month": (None, f"{month:%Y-%m}")}
    audit.record(session, actor, audit.READ, "overrides.opened", session.get_one(Clinic, 1), told)


def export_overrides(session: Session, actor: Actor, month: date) -> bytes:
    """The report as CSV, for whoever may also take lists away. Leaves one audit event."""
    require(actor, Permission.EXPORT)
    taken = overrides(session, actor, month)
    told: audit.Changes = {"list": (None, "overrides"), "rows": (None, len(taken)), "kind": (None, ".csv")}
    told |= {"month": (None, f"{month:%Y-%m}")}
    audit.record(session, actor, audit.CREATE, "list.exported", session.get_one(Clinic, 1), told)
    return spreadsheet.csv(COLUMNS, [_row(one) for one in taken])


def _row(one: Override) -> tuple[object, ...]:
    at = clock.local(one.issued_at).replace(tzinfo=None)
    who = (one.doctor, one.mrn, one.patient, one.number, one.medicine)
    return (at, *who, one.kind.capitalize(), one.sentence, one.source, one.reason)
