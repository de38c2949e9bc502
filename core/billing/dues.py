"""Who owes the clinic money, and for how long."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Text, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Session

from core import clock
from core.bill_ages import AGES
from core.fields import NOTHING
from core.models import Invoice, InvoiceState, Patient
from core.permissions import Actor, Permission, require


@dataclass(frozen=True)
class PatientDues:
    """What a patient owes, by the age of the bills (as AGES), and what they have with the clinic.

    `oldest` is the number of the oldest bill.
    """

    patient_id: int
    mrn: str
    patient: str
    phone: str
    advance: Decimal
    bills: int
    oldest_id: int
    oldest: str
    oldest_on: date
    by_age: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.by_age, NOTHING)


@dataclass(frozen=True)
class Dues:
    """As of a day, whoever owes longest first."""

    day: date
    patients: tuple[PatientDues, ...]

    @property
    def by_age(self) -> tuple[Decimal, ...]:
        return tuple(sum((p.by_age[n] for p in self.patients), NOTHING) for n in range(len(AGES)))

    @property
    def total(self) -> Decimal:
        return sum(self.by_age, NOTHING)


def dues(session: Session, actor: Actor) -> Dues:
    """One statement, however many owe."""
    require(actor, Permission.SEE_BILLS)
    today = clock.today()
    age, due = today - Invoice.issued_on, Invoice.total - Invoice.paid
    numbers = func.array_agg(aggregate_order_by(Invoice.number, Invoice.id), type_=ARRAY(Text))
    rows: Iterable[Sequence[Any]] = session.execute(
        select(
            *(Patient.id, Patient.mrn, Patient.name, Patient.phone, Patient.advance, func.count()),
            *(func.min(Invoice.id), numbers[1], func.min(Invoice.issued_on)),
            *(func.coalesce(func.sum(due).filter(age.between(*days)), NOTHING) for days in _spans()),
        )
        .join(Patient, Patient.id == Invoice.patient_id)
        .where(Invoice.state == InvoiceState.ISSUED)
        .group_by(Patient.id)
        .order_by(func.min(Invoice.id))
    )
    return Dues(today, tuple(PatientDues(*(*row[:9], tuple(row[9:]))) for row in rows))


def _spans() -> list[tuple[int, int]]:
    starts = [*AGES.values(), 1_000_000]
    return [(starts[n], starts[n + 1] - 1) for n in range(len(AGES))]
