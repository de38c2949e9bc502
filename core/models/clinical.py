"""What happens in the doctor's room: visits, vitals, diagnoses, notes, prescriptions."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, Record, filled
from core.models.people import Doctor, Patient
from core.models.pharmacy import Medicine


class VisitState(StrEnum):
    OPEN = "OPEN"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class Visit(Record):
    """FHIR Encounter. One per token; locked once completed."""

    __tablename__ = "visits"
    __table_args__ = (
        CheckConstraint("(state = 'COMPLETED') = (completed_at IS NOT NULL)", name="completed_with_time"),
        Index("ix_visits_open", "doctor_id", postgresql_where=text("state = 'OPEN'")),
        Index("ix_visits_patient", "patient_id", "started_at"),
        Index("ix_visits_follow_up_on", "follow_up_on", postgresql_where=text("follow_up_on IS NOT NULL")),
    )

    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctors.user_id"))
    token_id: Mapped[int] = mapped_column(ForeignKey("tokens.id"), unique=True)
    state: Mapped[VisitState] = mapped_column(default=VisitState.OPEN)
    started_at: Mapped[datetime] = mapped_column(index=True)
    completed_at: Mapped[datetime | None]
    follow_up_on: Mapped[date | None]

    patient: Mapped[Patient] = relationship(lazy="raise")
    doctor: Mapped[Doctor] = relationship(lazy="raise")


class Vitals(Record):
    """FHIR Observations of one moment. What was not measured is null."""

    __tablename__ = "vitals"
    __table_args__ = (
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

    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    temperature_c: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    pulse_bpm: Mapped[int | None]
    systolic_mmhg: Mapped[int | None]
    diastolic_mmhg: Mapped[int | None]
    respiration_bpm: Mapped[int | None]
    oxygen_saturation_pct: Mapped[int | None]
    weight_kg: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    height_cm: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))


class Diagnosis(Record):
    """FHIR Condition, coded in ICD-10 (WHO edition). The text is the doctor's own or the code's title."""

    __tablename__ = "diagnoses"
    __table_args__ = (
        Index("uq_diagnoses_code_once", "visit_id", "code", unique=True),
        *filled("code", "text"),
    )

    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"))
    code: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


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


class PrescriptionState(StrEnum):
    ISSUED = "ISSUED"
    CANCELLED = "CANCELLED"


class Prescription(Record):
    """FHIR MedicationRequest group. One that stands per visit."""

    __tablename__ = "prescriptions"
    __table_args__ = (
        Index(
            "uq_prescriptions_one_per_visit",
            "visit_id",
            unique=True,
            postgresql_where=text("state = 'ISSUED'"),
        ),
    )

    number: Mapped[str] = mapped_column(unique=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    state: Mapped[PrescriptionState] = mapped_column(default=PrescriptionState.ISSUED)
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    visit: Mapped[Visit] = relationship(lazy="raise")
    items: Mapped[list["PrescriptionItem"]] = relationship(lazy="raise", order_by="PrescriptionItem.id")


class Route(StrEnum):
    ORAL = "ORAL"
    TOPICAL = "TOPICAL"
    INHALED = "INHALED"
    NASAL = "NASAL"
    EYE = "EYE"
    EAR = "EAR"
    RECTAL = "RECTAL"
    VAGINAL = "VAGINAL"
    SUBLINGUAL = "SUBLINGUAL"
    INTRAMUSCULAR = "INTRAMUSCULAR"
    INTRAVENOUS = "INTRAVENOUS"
    SUBCUTANEOUS = "SUBCUTANEOUS"


class PrescriptionItem(Record):
    """FHIR MedicationRequest. `dose` is what is taken at a time (1 tablet, 5 ml); `quantity` is units to hand over."""

    __tablename__ = "prescription_items"
    __table_args__ = (
        Index("uq_prescription_items_medicine_once", "prescription_id", "medicine_id", unique=True),
        CheckConstraint("dose > 0", name="dose_positive"),
        CheckConstraint("duration_days BETWEEN 1 AND 365", name="duration_days"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    prescription_id: Mapped[int] = mapped_column(ForeignKey("prescriptions.id"))
    medicine_id: Mapped[int] = mapped_column(ForeignKey("medicines.id"), index=True)
    dose: Mapped[Decimal] = mapped_column(Numeric(8, 3))
    route: Mapped[Route] = mapped_column(default=Route.ORAL)
    frequency: Mapped[str]
    duration_days: Mapped[int]
    quantity: Mapped[int]
    instructions: Mapped[str] = mapped_column(default="")
    override_reason: Mapped[str] = mapped_column(default="")

    medicine: Mapped[Medicine] = relationship(lazy="raise")
