"""What a clinic day counts besides money: people, appointments, medicines and follow-ups."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypedDict, cast

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from core.models import (
    Appointment,
    AppointmentState,
    Dispensing,
    DispensingItem,
    Slot,
    SlotState,
    Token,
    TokenState,
    Visit,
    VisitState,
    WaitingListEntry,
)
from etl import periods
from etl.first_visits import is_first

KEPT_WITHIN_DAYS = 7


class Counts(TypedDict):
    """The fields of the same names in DailySummary."""

    total_patients: int
    total_visits: int
    new_patients: int
    arrivals: int
    left: int
    medicines_dispensed: int
    slots: int
    appointments: int
    no_shows: int
    cancelled: int
    follow_ups_due: int
    follow_ups_kept: int
    reminded: int
    wishes: int
    wishes_met: int


def of(session: Session, days: Sequence[date]) -> Mapping[date, Counts]:
    """Six statements, however many days."""
    found: dict[date, Counts] = defaultdict(_nothing)
    for count in (_arrivals, _visits, _units, _slots, _follow_ups, _wishes):
        count(session, days, found)
    return found


def _nothing() -> Counts:
    return cast("Counts", dict.fromkeys(Counts.__annotations__, 0))


def _arrivals(session: Session, days: Sequence[date], found: Mapping[date, Counts]) -> None:
    left = func.count().filter(Token.state == TokenState.NO_SHOW)
    tokens = select(Token.issued_on, func.count(), left).where(Token.issued_on.in_(days)).group_by(Token.issued_on)
    for day, arrivals, gone in session.execute(tokens):
        found[day]["arrivals"], found[day]["left"] = arrivals, gone


def _visits(session: Session, days: Sequence[date], found: Mapping[date, Counts]) -> None:
    """How many visits, of how many people, and of how many who had never been here before."""
    rows = session.execute(
        select(Token.issued_on, func.count(), func.count(Visit.patient_id.distinct()), func.count().filter(is_first()))
        .join(Visit, Visit.token_id == Token.id)
        .where(Token.issued_on.in_(days), Visit.state == VisitState.COMPLETED)
        .group_by(Token.issued_on)
    )
    for day, visits, people, new in rows:
        found[day]["total_visits"], found[day]["total_patients"], found[day]["new_patients"] = visits, people, new


def _units(session: Session, days: Sequence[date], found: Mapping[date, Counts]) -> None:
    rows = session.execute(
        select(Dispensing.dispensed_on, func.sum(DispensingItem.quantity))
        .join(Dispensing.items)
        .where(Dispensing.dispensed_on.in_(days))
        .group_by(Dispensing.dispensed_on)
    )
    for day, units in rows:
        found[day]["medicines_dispensed"] = int(units)


def _slots(session: Session, days: Sequence[date], found: Mapping[date, Counts]) -> None:
    """A slot has several appointments when it was given back and booked again."""
    day = periods.clinic_day(Slot.starts_at)
    standing = func.count(Appointment.id).filter(Appointment.state != AppointmentState.CANCELLED)
    missed = func.count(Appointment.id).filter(Appointment.state == AppointmentState.NO_SHOW)
    cancelled = func.count(Appointment.id).filter(Appointment.state == AppointmentState.CANCELLED)
    told_of = (Appointment.state != AppointmentState.CANCELLED, Appointment.reminded_at.is_not(None))
    reminded = func.count(Appointment.id).filter(*told_of)
    usable = func.count(Slot.id.distinct()).filter(Slot.state != SlotState.CLOSED)
    rows = session.execute(
        select(day, usable, standing, missed, cancelled, reminded)
        .select_from(Slot)
        .outerjoin(Appointment, Appointment.slot_id == Slot.id)
        .where(periods.moments_in(Slot.starts_at, periods.of_days(days)))
        .group_by(day)
    )
    for on, slots, booked, no_shows, given_up, told in rows:
        found[on]["slots"], found[on]["appointments"], found[on]["no_shows"] = slots, booked, no_shows
        found[on]["cancelled"], found[on]["reminded"] = given_up, told


def _follow_ups(session: Session, days: Sequence[date], found: Mapping[date, Counts]) -> None:
    """Due on these days, and kept by a later visit near enough."""
    again, token = aliased(Visit), aliased(Token)
    kept = exists().where(
        again.patient_id == Visit.patient_id,
        again.state == VisitState.COMPLETED,
        again.started_at > Visit.started_at,
        token.id == again.token_id,
        token.issued_on.between(Visit.follow_up_on - KEPT_WITHIN_DAYS, Visit.follow_up_on + KEPT_WITHIN_DAYS),
    )
    rows = session.execute(
        select(Visit.follow_up_on, func.count(), func.count().filter(kept))
        .where(Visit.follow_up_on.in_(days), Visit.state == VisitState.COMPLETED)
        .group_by(Visit.follow_up_on)
    )
    for day, due, held in rows:
        assert day is not None
        found[day]["follow_ups_due"], found[day]["follow_ups_kept"] = due, held


def _wishes(session: Session, days: Sequence[date], found: Mapping[date, Counts]) -> None:
    """Entries on the waiting list for these days, and those that ended with an appointment."""
    wanted = WaitingListEntry.wanted_on
    rows = session.execute(
        select(wanted, func.count(), func.count(WaitingListEntry.appointment_id))
        .where(wanted.in_(days))
        .group_by(wanted)
    )
    for day, wishes, met in rows:
        found[day]["wishes"], found[day]["wishes_met"] = wishes, met
