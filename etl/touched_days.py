"""Which clinic days and months audit events change: those they name, and those that count the same people.

A visit counts on its own day and in its month, with all that is prescribed, printed, amended and struck in it, however
much later. It may also keep a follow-up that is due on a day near by; and where it is a patient's first, or was until
it was reopened, the patient is new no longer on another day and belongs to another cohort in every month. All of it is
found through the patient's own visits.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core import clock
from core.models import Appointment, Slot, Token, Visit
from etl import periods
from etl.asking import Event, found, of, visits_of
from etl.daily_counts import KEPT_WITHIN_DAYS
from etl.first_visits import is_first

_ENDS = ("first_on", "last_on", "starts_at", "ends_at")


class Days(NamedTuple):
    days: set[date]
    months: set[date]  # as their first days


def by(session: Session, events: Sequence[Event], merged: set[int]) -> Days:
    """`merged` are the patients whose visits may have become another's."""
    ended = of(events, "visits")
    visits = ended | _of_the_same_people(session, ended, merged)
    seen_on = _days_of(session, visits)
    changed_on = _days_of(session, visits_of(session, events) - visits)
    return Days(
        days={day for event in events for day in event.days}
        | seen_on
        | changed_on
        | _days_of_appointments(session, events)
        | _due(session, visits)
        | set(_days_of_slots(events)),
        months={periods.month_of(day) for day in seen_on | changed_on},
    )


def _of_the_same_people(session: Session, ended: set[int], merged: set[int]) -> set[int]:
    """Every visit of those whose first visit is among these, and of those who were merged."""
    first = select(Visit.patient_id).where(Visit.id.in_(ended), is_first())
    patients = merged | found(session, ended, first)
    return found(session, patients, select(Visit.id).where(Visit.patient_id.in_(patients)))


def _days_of(session: Session, visits: set[int]) -> set[date]:
    return found(session, visits, select(Token.issued_on).join(Visit).where(Visit.id.in_(visits)))


def _due(session: Session, visits: set[int]) -> set[date]:
    """Follow-ups that these visits have set or may have kept."""
    other = aliased(Visit)
    near = other.follow_up_on.between(Token.issued_on - KEPT_WITHIN_DAYS, Token.issued_on + KEPT_WITHIN_DAYS)
    kept = (
        select(other.follow_up_on)
        .select_from(Visit)
        .join(Token, Visit.token_id == Token.id)
        .join(other, other.patient_id == Visit.patient_id)
        .where(Visit.id.in_(visits), near | (other.id == Visit.id))
    )
    return {day for day in found(session, visits, kept) if day is not None}


def _days_of_appointments(session: Session, events: Sequence[Event]) -> set[date]:
    """A slot may lie on any day; one that was left for another counts too."""
    appointments = of(events, "appointments")
    slots = {slot for event in events for slot in event.changes.get("slot_id", []) if slot is not None}
    slots |= found(session, appointments, select(Appointment.slot_id).where(Appointment.id.in_(appointments)))
    starts = select(Slot.starts_at).where(Slot.id.in_(slots))
    return {clock.day_of(moment) for moment in found(session, slots, starts)}


def _days_of_slots(events: Sequence[Event]) -> Iterator[date]:
    """Days over which slots were opened, blocked, freed or taken away, by hand, by leave or with the hours.

    Of those ahead some have follow-ups to tell of.
    """
    for event in events:
        given = [event.changes[name][1] for name in _ENDS if name in event.changes]
        if event.event.startswith(("slots.", "leave.", "hours.")) and given:
            day, end = _day(given[0]), _day(given[-1])
            while day <= end:
                yield day
                day += timedelta(days=1)


def _day(written: str) -> date:
    """A day stays one; a moment is told by its clinic day."""
    return clock.day_of(datetime.fromisoformat(written)) if "T" in written else date.fromisoformat(written)
