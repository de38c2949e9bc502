"""When doctors work, who is booked, and who is in today's queue."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import INT8RANGE, TSTZRANGE, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, Record
from core.models.people import Doctor, Patient


class Availability(Record):
    """A doctor's usual hours on one weekday (0 is Monday), on the clinic's wall clock."""

    __tablename__ = "availabilities"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("ends > starts", name="ends_after_start"),
        CheckConstraint("slot_minutes BETWEEN 5 AND 240", name="slot_minutes"),
    )

    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctors.user_id"), index=True)
    weekday: Mapped[int] = mapped_column(SmallInteger)
    starts: Mapped[time]
    ends: Mapped[time]
    slot_minutes: Mapped[int]


class Absence(Record):
    """Leave or another exception to a doctor's usual hours; both days included.

    With `starts` and `ends` only that part of each day, on the clinic's wall clock; without, the whole day.
    """

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("last_on >= first_on", name="last_not_before_first"),
        CheckConstraint("(starts IS NULL) = (ends IS NULL)", name="part_of_a_day_has_both_ends"),
        CheckConstraint("ends > starts", name="ends_after_start"),
    )

    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctors.user_id"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    reason: Mapped[str] = mapped_column(default="")


class SlotState(StrEnum):
    FREE = "FREE"
    BOOKED = "BOOKED"
    CLOSED = "CLOSED"


class Slot(Record):
    """FHIR Slot. The database itself keeps two slots of one doctor from overlapping.

    `absence_id` is the leave that closed it; None where somebody closed it by hand.
    """

    __tablename__ = "slots"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        # Ranges of one number stand for equality, so that plain GiST is enough: btree_gist may not be installed.
        ExcludeConstraint(
            (func.int8range(text("doctor_id"), text("doctor_id"), text("'[]'"), type_=INT8RANGE), "&&"),
            (func.tstzrange(text("starts_at"), text("ends_at"), type_=TSTZRANGE), "&&"),
            using="gist",
            name="ex_slots_no_overlap",
        ),
        CheckConstraint("absence_id IS NULL OR state = 'CLOSED'", name="away_is_closed"),
        Index("ix_slots_starts_at", "starts_at", "doctor_id"),
        Index("ix_slots_absence_id", "absence_id", postgresql_where=text("absence_id IS NOT NULL")),
    )

    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctors.user_id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[SlotState] = mapped_column(default=SlotState.FREE)
    absence_id: Mapped[int | None] = mapped_column(ForeignKey("absences.id"))

    doctor: Mapped[Doctor] = relationship(lazy="raise")


class AppointmentState(StrEnum):
    BOOKED = "BOOKED"
    ARRIVED = "ARRIVED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    NO_SHOW = "NO_SHOW"


class Appointment(Record):
    """FHIR Appointment. One that is cancelled or missed gives its slot back."""

    __tablename__ = "appointments"
    __table_args__ = (
        Index(
            "uq_appointments_active_slot",
            "slot_id",
            unique=True,
            postgresql_where=text("state IN ('BOOKED', 'ARRIVED', 'COMPLETED')"),
        ),
        Index("ix_appointments_booked", "slot_id", postgresql_where=text("state = 'BOOKED'")),
        CheckConstraint("state <> 'CANCELLED' OR btrim(reason) <> ''", name="cancelled_with_reason"),
    )

    slot_id: Mapped[int] = mapped_column(ForeignKey("slots.id"), index=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    state: Mapped[AppointmentState] = mapped_column(default=AppointmentState.BOOKED)
    reason: Mapped[str] = mapped_column(default="")
    booked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    booked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]

    slot: Mapped[Slot] = relationship(lazy="raise")
    patient: Mapped[Patient] = relationship(lazy="raise")


class WaitingListEntry(Record):
    """Someone who would take a slot that becomes free on a full day; without a doctor, with anyone.

    Settled by the appointment that was found, or without one when it is no longer wanted.
    """

    __tablename__ = "waiting_list"
    __table_args__ = (
        Index(
            "uq_waiting_list_once",
            "patient_id",
            "wanted_on",
            "doctor_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("settled_at IS NULL"),
        ),
        CheckConstraint("appointment_id IS NULL OR settled_at IS NOT NULL", name="booked_is_settled"),
    )

    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    doctor_id: Mapped[int | None] = mapped_column(ForeignKey("doctors.user_id"))
    wanted_on: Mapped[date] = mapped_column(index=True)
    added_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None]
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))


class Priority(StrEnum):
    """Why someone is called before those who came earlier."""

    NORMAL = "NORMAL"
    ELDERLY = "ELDERLY"
    PREGNANT = "PREGNANT"
    CHILD = "CHILD"
    EMERGENCY = "EMERGENCY"


class TokenState(StrEnum):
    WAITING = "WAITING"
    CALLED = "CALLED"
    SKIPPED = "SKIPPED"
    FINISHED = "FINISHED"
    NO_SHOW = "NO_SHOW"


OPEN_TOKEN_STATES = (TokenState.WAITING, TokenState.CALLED, TokenState.SKIPPED)


class TokenCounter(Base):
    """The last number given out on a clinic day; the row lock makes the next one unique."""

    __tablename__ = "token_counters"

    issued_on: Mapped[date] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class Token(Record):
    """A place in the queue of one clinic day. Without a doctor it is for whoever is free first.

    `for_anyone` still says so when a doctor has called; forecasts learn from it.
    `called_at` is the call that ended the wait, `recalled_at` the last repetition of it. `skipped_at` is kept until
    somebody who was skipped waits again.
    `said_p50` and `said_p90` are the whole minutes of waiting that were said at the desk; None where nothing was.
    """

    __tablename__ = "tokens"
    __table_args__ = (
        Index("uq_tokens_number", "issued_on", "number", unique=True),
        Index(
            "uq_tokens_patient_once",
            "issued_on",
            "patient_id",
            unique=True,
            postgresql_where=text("state IN ('WAITING', 'CALLED', 'SKIPPED')"),
        ),
        Index(
            "uq_tokens_one_called_per_doctor",
            "issued_on",
            "doctor_id",
            unique=True,
            postgresql_where=text("state = 'CALLED'"),
        ),
        Index("ix_tokens_waiting", "issued_on", "place", postgresql_where=text("state = 'WAITING'")),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("(said_p50 IS NULL) = (said_p90 IS NULL)", name="said_both_or_neither"),
        CheckConstraint("said_p50 BETWEEN 0 AND said_p90", name="said_in_order"),
    )

    issued_on: Mapped[date]
    number: Mapped[int]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    doctor_id: Mapped[int | None] = mapped_column(ForeignKey("doctors.user_id"))
    for_anyone: Mapped[bool] = mapped_column(default=False)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"), unique=True)
    priority: Mapped[Priority] = mapped_column(default=Priority.NORMAL)
    state: Mapped[TokenState] = mapped_column(default=TokenState.WAITING)
    place: Mapped[datetime]
    issued_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None]
    skipped_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    said_p50: Mapped[int | None]
    said_p90: Mapped[int | None]

    patient: Mapped[Patient] = relationship(lazy="raise")


class WaitModel(Base):
    """What the clinic's own waits have taught, one row for each night it was learned.

    `learned_on` is the last clinic day that went into it, `waits` how many waits did, `model` what
    `core.token_queue.forecast` makes of them. The other three measure what was said in the four weeks up to that day:
    to how many of those who were called something had been said, and how many waited no longer than each of the two.
    """

    __tablename__ = "wait_models"
    __table_args__ = (
        CheckConstraint("within_p50 BETWEEN 0 AND within_p90 AND within_p90 <= said", name="within_said"),
    )

    learned_on: Mapped[date] = mapped_column(primary_key=True)
    learned_at: Mapped[datetime]
    waits: Mapped[int]
    model: Mapped[dict[str, Any]]
    said: Mapped[int] = mapped_column(default=0)
    within_p50: Mapped[int] = mapped_column(default=0)
    within_p90: Mapped[int] = mapped_column(default=0)
