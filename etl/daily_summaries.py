"""PostgreSQL → MongoDB daily_summaries: one document per clinic day on which something happened.

A day is always counted afresh from its rows, so it may be made again at any time, and a payment or refund that comes
later corrects the day of its invoice. What each figure counts, and by which date, stands at `DailySummary`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ARRAY, ColumnElement, Date, DateTime, bindparam, func, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from core import clock
from core.analytics import store
from core.analytics.documents import DailySummary, DoctorDay, midnight, money
from core.models import (
    Appointment,
    AppointmentState,
    Dispensing,
    DispensingItem,
    Invoice,
    InvoiceState,
    Payment,
    PaymentMethod,
    Refund,
    Slot,
    Token,
    Visit,
    VisitState,
)

COLLECTION = "daily_summaries"
_DAYS_AT_ONCE = 100
Sums = Mapping[date, dict[PaymentMethod, Decimal]]


def remake(session: Session, days: Iterable[date]) -> int:
    """Write these days afresh; a day on which nothing happened has no document."""
    wanted = sorted(set(days))
    written = 0
    for start in range(0, len(wanted), _DAYS_AT_ONCE):
        batch = wanted[start : start + _DAYS_AT_ONCE]
        made = by_day(session, batch)
        written += store.put(COLLECTION, made)
        store.remove(COLLECTION, {day.isoformat() for day in batch} - {document["_id"] for document in made})
    return written


def documents(session: Session) -> Iterator[list[DailySummary]]:
    days = _eventful_days(session)
    for start in range(0, len(days), _DAYS_AT_ONCE):
        yield by_day(session, days[start : start + _DAYS_AT_ONCE])


def by_id(session: Session, ids: Iterable[str]) -> list[DailySummary]:
    return by_day(session, [date.fromisoformat(key) for key in ids])


def count(session: Session) -> int:
    return len(_eventful_days(session))


def by_day(session: Session, days: list[date]) -> list[DailySummary]:
    """Those of the days on which something happened. Eight statements, however many days."""
    arrivals, visits, units = _arrivals(session, days), _visits(session, days), _units(session, days)
    appointments, doctors = _appointments(session, days), _by_doctor(session, days)
    received = _sums(session, days, Payment.received_on, Payment.method, Payment.amount)
    refunded = _sums(session, days, Refund.refunded_on, Refund.method, Refund.amount)
    made: list[DailySummary] = []
    for day in days:
        total_visits, total_patients = visits.get(day, (0, 0))
        booked, no_shows = appointments.get(day, (0, 0))
        if not (doctors[day] or received[day] or refunded[day] or no_shows or day in arrivals or day in units):
            continue
        made.append(
            {
                "_id": day.isoformat(),
                "date": midnight(day),
                "total_patients": total_patients,
                "total_visits": total_visits,
                "total_revenue": money(sum(row["revenue"].to_decimal() for row in doctors[day])),
                "medicines_dispensed": units.get(day, 0),
                "arrivals": arrivals.get(day, 0),
                "appointments": booked,
                "no_shows": no_shows,
                "invoices": sum(row["invoices"] for row in doctors[day]),
                "total_billed": money(sum(row["billed"].to_decimal() for row in doctors[day])),
                "total_received": money(sum(received[day].values())),
                "total_refunded": money(sum(refunded[day].values())),
                "by_method": {
                    method.value: money(received[day].get(method, Decimal(0)) - refunded[day].get(method, Decimal(0)))
                    for method in sorted(received[day].keys() | refunded[day].keys())
                },
                "by_doctor": doctors[day],
            }
        )
    return made


def _arrivals(session: Session, days: list[date]) -> dict[date, int]:
    tokens = select(Token.issued_on, func.count()).where(Token.issued_on.in_(days)).group_by(Token.issued_on)
    return dict(session.execute(tokens).all())


def _visits(session: Session, days: list[date]) -> dict[date, tuple[int, int]]:
    """How many visits, and of how many people."""
    rows = session.execute(
        select(Token.issued_on, func.count(), func.count(Visit.patient_id.distinct()))
        .join(Visit, Visit.token_id == Token.id)
        .where(Token.issued_on.in_(days), Visit.state == VisitState.COMPLETED)
        .group_by(Token.issued_on)
    )
    return {day: (visits, people) for day, visits, people in rows}


def _units(session: Session, days: list[date]) -> dict[date, int]:
    rows = session.execute(
        select(Dispensing.dispensed_on, func.sum(DispensingItem.quantity))
        .join(Dispensing.items)
        .where(Dispensing.dispensed_on.in_(days))
        .group_by(Dispensing.dispensed_on)
    )
    return {day: int(units) for day, units in rows}


def _by_doctor(session: Session, days: list[date]) -> Mapping[date, list[DoctorDay]]:
    """Visits by the day of their token, bills and what was paid for them by the day of issue."""
    visits = session.execute(
        select(Token.issued_on, Visit.doctor_id, func.count())
        .join(Visit, Visit.token_id == Token.id)
        .where(Token.issued_on.in_(days), Visit.state == VisitState.COMPLETED)
        .group_by(Token.issued_on, Visit.doctor_id)
    )
    seen = {(day, doctor): number for day, doctor, number in visits}
    bills = session.execute(
        select(
            Invoice.issued_on,
            Visit.doctor_id,
            func.count(),
            func.sum(Invoice.total),
            func.sum(Invoice.paid - Invoice.refunded),
        )
        .outerjoin(Visit, Invoice.visit_id == Visit.id)
        .where(Invoice.issued_on.in_(days), Invoice.state != InvoiceState.CANCELLED)
        .group_by(Invoice.issued_on, Visit.doctor_id)
    )
    billed = {(day, doctor): (number, total, paid) for day, doctor, number, total, paid in bills}
    found: dict[date, list[DoctorDay]] = defaultdict(list)
    for day, doctor in sorted(seen.keys() | billed.keys(), key=lambda key: (key[0], key[1] or 0)):
        invoices, total, paid = billed.get((day, doctor), (0, Decimal(0), Decimal(0)))
        found[day].append(
            {
                "id": doctor,
                "visits": seen.get((day, doctor), 0),
                "invoices": invoices,
                "billed": money(total),
                "revenue": money(paid),
            }
        )
    return found


def _sums(
    session: Session,
    days: list[date],
    day: InstrumentedAttribute[date],
    method: InstrumentedAttribute[PaymentMethod],
    amount: InstrumentedAttribute[Decimal],
) -> Sums:
    """Money that moved on each day, by method."""
    found: dict[date, dict[PaymentMethod, Decimal]] = defaultdict(dict)
    rows = session.execute(select(day, method, func.sum(amount)).where(day.in_(days)).group_by(day, method))
    for on, by, total in rows:
        found[on][by] = total
    return found


def _appointments(session: Session, days: list[date]) -> dict[date, tuple[int, int]]:
    """How many stood, and how many of those were missed."""
    bounds = [clock.day_bounds(day) for day in days]
    instants = ARRAY(DateTime(timezone=True))
    day = (
        func.unnest(
            bindparam("days", days, ARRAY(Date)),
            bindparam("starts", [start for start, _ in bounds], instants),
            bindparam("ends", [end for _, end in bounds], instants),
        )
        .table_valued("day", "starts", "ends", name="clinic_days")
        .render_derived()
    )
    missed = func.count().filter(Appointment.state == AppointmentState.NO_SHOW)
    rows = session.execute(
        select(day.c.day, func.count(), missed)
        .select_from(day)
        .join(Slot, (Slot.starts_at >= day.c.starts) & (Slot.starts_at < day.c.ends))
        .join(Appointment, Appointment.slot_id == Slot.id)
        .where(Appointment.state != AppointmentState.CANCELLED)
        .group_by(day.c.day)
    )
    return {on: (booked, no_shows) for on, booked, no_shows in rows}


def _eventful_days(session: Session) -> list[date]:
    missed = select(_clinic_day(Slot.starts_at)).join(Appointment).where(Appointment.state == AppointmentState.NO_SHOW)
    days = union(
        select(Token.issued_on),
        select(Invoice.issued_on).where(Invoice.state != InvoiceState.CANCELLED),
        select(Payment.received_on),
        select(Refund.refunded_on),
        select(Dispensing.dispensed_on),
        missed,
    )
    return sorted(session.scalars(days))


def _clinic_day(moment: InstrumentedAttribute[datetime]) -> ColumnElement[date]:
    return func.timezone(clock.zone().key, moment).cast(Date)
