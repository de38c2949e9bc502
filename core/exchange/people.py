"""Patients, and who works here."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.exchange.records import PatientRecord, StaffRecord
from core.models import Doctor, Patient, User

_OF_PATIENT = (
    *("mrn", "name", "sex", "birth_date", "birth_date_is_estimated", "phone", "address", "next_of_kin"),
    "merged_into_id",
)


def patients(session: Session, which: Sequence[ColumnElement[bool]], limit: int) -> list[PatientRecord]:
    """Archived ones too."""
    found = session.scalars(select(Patient).where(*which).order_by(Patient.id).limit(limit))
    return [
        PatientRecord(
            record_id=one.id,
            archived=one.archived_at is not None,
            **{name: getattr(one, name) for name in _OF_PATIENT},
        )
        for one in found
    ]


def staff(session: Session, which: Sequence[ColumnElement[bool]], limit: int) -> list[StaffRecord]:
    """Whoever left too: what they recorded names them."""
    rows = session.execute(
        select(
            User.id, User.name, User.disabled_at, Doctor.speciality, Doctor.qualification, Doctor.registration_number
        )
        .outerjoin(Doctor, Doctor.user_id == User.id)
        .where(*which)
        .order_by(User.id)
        .limit(limit)
    )
    return [
        StaffRecord(
            record_id=user_id,
            name=name,
            works=disabled_at is None,
            speciality=speciality or "",
            qualification=qualification or "",
            registration_number=number or "",
        )
        for user_id, name, disabled_at, speciality, qualification, number in rows
    ]
