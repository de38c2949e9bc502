"""What doctors order: prescriptions, the sets they write them from, the warnings they answered."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Record, filled
from core.models.clinical import Visit
from core.models.pharmacy import Medicine


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
        Index("ix_prescriptions_cancelled", "id", postgresql_where=text("state = 'CANCELLED'")),
    )

    number: Mapped[str] = mapped_column(unique=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    state: Mapped[PrescriptionState] = mapped_column(default=PrescriptionState.ISSUED)
    issued_at: Mapped[datetime] = mapped_column(index=True)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("prescriptions.id"), unique=True)
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    cancel_reason: Mapped[str] = mapped_column(default="")

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


class Ordered(Record):
    """FHIR Dosage: a medicine and how it is taken. `dose` is what is taken at a time (1 tablet, 5 ml)."""

    __abstract__ = True

    medicine_id: Mapped[int] = mapped_column(ForeignKey("medicines.id"), index=True)
    dose: Mapped[Decimal] = mapped_column(Numeric(8, 3))
    route: Mapped[Route] = mapped_column(default=Route.ORAL)
    frequency: Mapped[str]
    duration_days: Mapped[int]
    instructions: Mapped[str] = mapped_column(default="")


def _orderly() -> list[CheckConstraint]:
    return [
        CheckConstraint("dose > 0", name="dose_positive"),
        CheckConstraint("duration_days BETWEEN 1 AND 365", name="duration_days"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    ]


class PrescriptionItem(Ordered):
    """FHIR MedicationRequest. `quantity` is units to hand over."""

    __tablename__ = "prescription_items"
    __table_args__ = (
        Index("uq_prescription_items_medicine_once", "prescription_id", "medicine_id", unique=True),
        *_orderly(),
    )

    prescription_id: Mapped[int] = mapped_column(ForeignKey("prescriptions.id"))
    quantity: Mapped[int]
    override_reason: Mapped[str] = mapped_column(default="")

    medicine: Mapped[Medicine] = relationship(lazy="raise")
    overridden: Mapped[list["OverriddenWarning"]] = relationship(lazy="raise", order_by="OverriddenWarning.id")


class WarningKind(StrEnum):
    ALLERGY = "ALLERGY"
    DUPLICATE = "DUPLICATE"
    INTERACTION = "INTERACTION"
    DOSE = "DOSE"
    AGE = "AGE"


class OverriddenWarning(Record):
    """What an item was warned of when it was prescribed all the same; the item has the reason. Append-only."""

    __tablename__ = "overridden_warnings"
    __table_args__ = (*filled("sentence", "source"),)

    prescription_item_id: Mapped[int] = mapped_column(ForeignKey("prescription_items.id"), index=True)
    kind: Mapped[WarningKind]
    sentence: Mapped[str]
    source: Mapped[str]


class MedicineSet(Record):
    """Medicines that are prescribed together, under a short name; of one medicine it is a favourite.

    A doctor's own or, without an owner, the clinic's.
    """

    __tablename__ = "medicine_sets"
    __table_args__ = (
        Index(
            "uq_medicine_sets_name",
            "owner_id",
            text("lower(name)"),
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        *filled("name"),
    )

    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]

    items: Mapped[list["MedicineSetItem"]] = relationship(
        lazy="raise", order_by="MedicineSetItem.id", cascade="all, delete-orphan"
    )


class MedicineSetItem(Ordered):
    """`quantity` only where it shall not be computed."""

    __tablename__ = "medicine_set_items"
    __table_args__ = (
        Index("uq_medicine_set_items_medicine_once", "set_id", "medicine_id", unique=True),
        *_orderly(),
    )

    set_id: Mapped[int] = mapped_column(ForeignKey("medicine_sets.id"))
    quantity: Mapped[int | None]

    medicine: Mapped[Medicine] = relationship(lazy="raise")
