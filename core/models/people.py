"""The clinic, the people who work in it, their sessions, and its patients."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, Record, filled
from core.permissions import Role


class StockOrder(StrEnum):
    """Which batch leaves first: by date received, or by date of expiry."""

    FIFO = "FIFO"
    FEFO = "FEFO"


class PaperSize(StrEnum):
    A4 = "A4"
    A5 = "A5"


class Clinic(Base):
    """The one clinic of this database, with its settings.

    `discount_limits` is the most each role may take off a line, in percent; `cover_days` is how long an order lasts.
    """

    __tablename__ = "clinics"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint("financial_year_month BETWEEN 1 AND 12", name="financial_year_month"),
        CheckConstraint("follow_up_days >= 0", name="follow_up_days"),
        CheckConstraint("consultation_tax_percent BETWEEN 0 AND 100", name="consultation_tax_percent"),
        CheckConstraint("cover_days BETWEEN 1 AND 365", name="cover_days"),
        *filled("name"),
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, default=1)
    name: Mapped[str]
    time_zone: Mapped[str]
    currency: Mapped[str]
    country: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    financial_year_month: Mapped[int]
    follow_up_days: Mapped[int] = mapped_column(default=7)
    stock_order: Mapped[StockOrder] = mapped_column(default=StockOrder.FIFO)
    dispense_unpaid: Mapped[bool] = mapped_column(default=False)
    paper_size: Mapped[PaperSize] = mapped_column(default=PaperSize.A4)
    tax_number: Mapped[str] = mapped_column(default="")
    consultation_tax_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    discount_limits: Mapped[dict[str, Any]] = mapped_column(default=lambda: {Role.RECEPTION.value: 10})
    cover_days: Mapped[int] = mapped_column(default=30)
    created_at: Mapped[datetime]


class User(Record):
    """Someone who signs in. Never deleted: visits and the audit trail point here.

    `totp_secret` is enciphered; it counts as a second factor once `totp_since` is set. `totp_last_step` is the time
    step of the last code that was taken: no code works twice. `language` None: that of the browser. The first steps of
    their role are shown on Today until `tour_ended_at`.
    """

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_username", text("lower(username)"), unique=True),
        *filled("username", "name"),
    )

    username: Mapped[str]
    name: Mapped[str]
    role: Mapped[Role]
    password_hash: Mapped[str]
    password_changed_at: Mapped[datetime]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[str | None]
    totp_since: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]
    disabled_at: Mapped[datetime | None]
    language: Mapped[str | None]
    tour_ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class RecoveryCode(Record):
    """Signs in once instead of a code, for whoever lost the second factor."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class Doctor(Base):
    """What the clinic keeps of a user who sees patients."""

    __tablename__ = "doctors"
    __table_args__ = (CheckConstraint("consultation_fee >= 0 AND follow_up_fee >= 0", name="fees_not_negative"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    speciality: Mapped[str] = mapped_column(default="")
    qualification: Mapped[str] = mapped_column(default="")
    registration_number: Mapped[str] = mapped_column(default="")
    room: Mapped[str] = mapped_column(default="")
    consultation_fee: Mapped[Decimal]
    follow_up_fee: Mapped[Decimal]

    user: Mapped[User] = relationship(lazy="raise")


class SignIn(Base):
    """A session: one sign-in of one person, in however many tabs. Ended by logout, time or an administrator.

    `address` and `device` are what the browser told when it began, for whoever looks through the sessions.
    """

    __tablename__ = "sign_ins"

    sid: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(default="")
    device: Mapped[str] = mapped_column(default="")
    ticket_hash: Mapped[str | None] = mapped_column(unique=True)
    ticket_until: Mapped[datetime | None]


class SignInFailure(Base):
    """Wrong passwords and codes, by what core.tries counts them for; kept so that a restart does not clear them."""

    __tablename__ = "sign_in_failures"

    subject: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


class Sex(StrEnum):
    """FHIR AdministrativeGender."""

    FEMALE = "FEMALE"
    MALE = "MALE"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


class Patient(Record):
    """FHIR Patient. Archived, never deleted. `search_grams` and `spelt` are kept by core.patients for the search.

    `advance` is what they have with the clinic: the sum of their `advances`.
    """

    __tablename__ = "patients"
    __table_args__ = (
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        CheckConstraint("advance >= 0", name="advance_not_negative"),
        Index("ix_patients_search_grams", "search_grams", postgresql_using="gin"),
        Index("ix_patients_recent", text("last_visit_at DESC NULLS LAST"), text("id DESC")),
        *filled("name"),
    )

    mrn: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sex: Mapped[Sex]
    birth_date: Mapped[date | None] = mapped_column(index=True)
    birth_date_is_estimated: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[str] = mapped_column(default="", index=True)
    address: Mapped[str] = mapped_column(default="")
    blood_group: Mapped[str] = mapped_column(default="")
    allergies: Mapped[str] = mapped_column(default="")
    chronic_conditions: Mapped[str] = mapped_column(default="")
    next_of_kin: Mapped[str] = mapped_column(default="")
    registered_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"))
    last_visit_at: Mapped[datetime | None]
    advance: Mapped[Decimal] = mapped_column(default=Decimal("0.00"))
    import_key: Mapped[str | None] = mapped_column(unique=True)
    search_grams: Mapped[list[str]] = mapped_column(deferred=True, deferred_raiseload=True)  # only ever written
    spelt: Mapped[str] = mapped_column(default="")


class OutsideOpening(Record):
    """Somebody read a patient's clinical record outside their own work, and said why ("break the glass")."""

    __tablename__ = "outside_openings"
    __table_args__ = (
        Index("ix_outside_openings_by_whom", "patient_id", "user_id", "opened_at"),
        *filled("reason"),
    )

    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    opened_at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str]


class PatientMerge(Record):
    """Two records found to be one person; `moved` lists what to give back when the merge is undone."""

    __tablename__ = "patient_merges"
    __table_args__ = (CheckConstraint("survivor_id <> absorbed_id", name="two_records"),)

    survivor_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    absorbed_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    merged_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    merged_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    moved: Mapped[dict[str, Any]]
