"""What happens in the doctor's room: visits, vitals, diagnoses, notes."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, Record, filled
from core.models.people import Doctor, Patient


class VisitState(StrEnum):
    OPEN = "OPEN"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class Visit(Record):
    """FHIR Encounter. One per token; locked once completed.

    `is_billed` while a bill of it stands: kept by the triggers of invoices (0010).
    """

    __tablename__ = "visits"
    __table_args__ = (
        CheckConstraint("(state = 'COMPLETED') = (completed_at IS NOT NULL)", name="completed_with_time"),
        Index("ix_visits_open", "doctor_id", postgresql_where=text("state = 'OPEN'")),
        Index("ix_visits_patient", "patient_id", "started_at"),
        Index("ix_visits_follow_up_on", "follow_up_on", postgresql_where=text("follow_up_on IS NOT NULL")),
        Index(
            "ix_visits_unbilled",
            "completed_at",
            "id",
            postgresql_where=text("state = 'COMPLETED' AND NOT is_billed"),
        ),
    )

    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctors.user_id"))
    token_id: Mapped[int] = mapped_column(ForeignKey("tokens.id"), unique=True)
    state: Mapped[VisitState] = mapped_column(default=VisitState.OPEN)
    started_at: Mapped[datetime] = mapped_column(index=True)
    completed_at: Mapped[datetime | None]
    follow_up_on: Mapped[date | None]
    is_billed: Mapped[bool] = mapped_column(default=False)

    patient: Mapped[Patient] = relationship(lazy="raise")
    doctor: Mapped[Doctor] = relationship(lazy="raise")


class VisitReopening(Record):
    """An administrator made a completed visit open once more. `completed_at` is when it had been signed."""

    __tablename__ = "visit_reopenings"
    __table_args__ = (*filled("reason"),)

    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    reopened_at: Mapped[datetime]
    reopened_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str]
    completed_at: Mapped[datetime]


class Finding(Record):
    """What was found in a visit. Added after the signature it says why; struck it stays readable, with who and why."""

    __abstract__ = True

    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(default="")
    struck_at: Mapped[datetime | None]
    struck_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    strike_reason: Mapped[str] = mapped_column(default="")


_STRUCK_SAYS_WHO_AND_WHY = (
    "(struck_at IS NULL) = (struck_by_id IS NULL) AND (struck_at IS NULL) = (btrim(strike_reason) = '')"
)


class Vitals(Finding):
    """FHIR Observations of one moment. What was not measured is null."""

    __tablename__ = "vitals"
    __table_args__ = (
        CheckConstraint(_STRUCK_SAYS_WHO_AND_WHY, name="struck_says_who_and_why"),
        CheckConstraint("temperature_c BETWEEN 25 AND 45", name="temperature_plausible"),
        CheckConstraint("pulse_bpm BETWEEN 20 AND 300", name="pulse_plausible"),
        CheckConstraint("systolic_mmhg BETWEEN 40 AND 300", name="systolic_plausible"),
        CheckConstraint("diastolic_mmhg BETWEEN 20 AND 200", name="diastolic_plausible"),
        CheckConstraint("systolic_mmhg > diastolic_mmhg", name="systolic_above_diastolic"),
        CheckConstraint("respiration_bpm BETWEEN 4 AND 100", name="respiration_plausible"),
        CheckConstraint("oxygen_saturation_pct BETWEEN 40 AND 100", name="oxygen_plausible"),
        CheckConstraint("weight_kg BETWEEN 0.3 AND 500", name="weight_plausible"),
        CheckConstraint("height_cm BETWEEN 20 AND 260", name="height_plausible"),
    )

    temperature_c: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    pulse_bpm: Mapped[int | None]
    systolic_mmhg: Mapped[int | None]
    diastolic_mmhg: Mapped[int | None]
    respiration_bpm: Mapped[int | None]
    oxygen_saturation_pct: Mapped[int | None]
    weight_kg: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    height_cm: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))


class Diagnosis(Finding):
    """FHIR Condition, coded in ICD-10 (WHO edition). The text is the doctor's own or the code's title."""

    __tablename__ = "diagnoses"
    __table_args__ = (
        CheckConstraint(_STRUCK_SAYS_WHO_AND_WHY, name="struck_says_who_and_why"),
        Index("uq_diagnoses_code_once", "visit_id", "code", unique=True, postgresql_where=text("struck_at IS NULL")),
        *filled("code", "text"),
    )

    code: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]


class VisitNote(Record):
    """Append-only. A note that amends another names it; one written after completion says why."""

    __tablename__ = "visit_notes"
    __table_args__ = (*filled("body"),)

    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    body: Mapped[str]
    written_at: Mapped[datetime]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    amends_id: Mapped[int | None] = mapped_column(ForeignKey("visit_notes.id"))
    reason: Mapped[str] = mapped_column(default="")


class VisitDraft(Base):
    """What a doctor has typed in an open visit and not saved yet. Overwritten, and gone with the visit's end."""

    __tablename__ = "visit_drafts"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), primary_key=True)
    parts: Mapped[dict[str, Any]]


class NoteTemplate(Record):
    """A text to begin a note with: a doctor's own or, without an owner, the clinic's."""

    __tablename__ = "note_templates"
    __table_args__ = (
        Index(
            *("uq_note_templates_name", "owner_id", text("lower(name)")),
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        *filled("name", "body"),
    )

    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    body: Mapped[str]


class FavouriteDiagnosis(Base):
    """A code that a doctor wants at hand."""

    __tablename__ = "favourite_diagnoses"

    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctors.user_id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    added_at: Mapped[datetime]


class DocumentKind(StrEnum):
    PRESCRIPTION = "PRESCRIPTION"
    VISIT_SUMMARY = "VISIT_SUMMARY"
    SICK_NOTE = "SICK_NOTE"


class Document(Record):
    """A paper that left the clinic. `code` stands in its address and QR code and cannot be guessed.

    `content` is what the paper says and stays what it said; a prescription's stands in its own rows instead.
    """

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("(kind = 'PRESCRIPTION') = (prescription_id IS NOT NULL)", name="prescription_named"),
        Index("uq_documents_one_per_prescription", "prescription_id", unique=True),
        CheckConstraint("(cancelled_at IS NULL) = (btrim(cancel_reason) = '')", name="cancelled_says_why"),
    )

    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[DocumentKind]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    prescription_id: Mapped[int | None] = mapped_column(ForeignKey("prescriptions.id"))
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    content: Mapped[dict[str, Any]]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="")
