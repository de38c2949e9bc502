"""Medicines and batches up to the size that is asked for, and bills that wait at the counter."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, clock
from core.bench import people
from core.billing.lines import Charge, invoice_line, medicine_charge, totals
from core.billing.numbers import give_number
from core.models import (
    Batch,
    Invoice,
    InvoiceState,
    LineKind,
    Medicine,
    MedicineForm,
    MovementReason,
    Payment,
    PaymentMethod,
    Prescription,
    PrescriptionItem,
    StockMovement,
    Token,
    TokenCounter,
    TokenState,
    User,
    Visit,
    VisitState,
)
from core.permissions import Actor, Role
from core.prescriptions.issuing import written_number

_FORMS = (
    (MedicineForm.TABLET, "tablet", 1),
    (MedicineForm.CAPSULE, "capsule", 1),
    (MedicineForm.SYRUP, "bottle", 100),
    (MedicineForm.CREAM, "tube", 30),
)
_MADE_UP = "bench"  # how the import keys of these medicines begin
_LEAST = 6  # batches of each of these medicines
_SPOILT = 100  # units of a batch of which nothing is left
ITEMS = 3  # medicines on a bill
Wanted = tuple[Medicine, int]  # units of it on a bill


def fill(session: Session, rng: Random, medicines: int, batches: int) -> None:
    """Names that mean nothing, so that nobody is warned of them; about every seventh batch is used up. Each has some,
    however many batches the years have left."""
    known, there = (session.scalar(select(func.count()).select_from(of)) or 0 for of in (Medicine, Batch))
    new = [_medicine(rng, number) for number in range(known, medicines)]
    session.add_all(new)
    session.flush()
    by_id = session.scalars(select(func.min(User.id)).where(User.role == Role.PHARMACIST)).one()
    for number in range(there, max(batches, there + _LEAST * len(new)) if new else 0):
        batch = _batch(rng, number, new[number % len(new)])
        session.add_all([batch, *_moves(batch, by_id)])
    session.flush()


def made_up(session: Session) -> Sequence[Medicine]:
    """Those that `fill` has added."""
    return session.scalars(select(Medicine).where(Medicine.import_key.startswith(_MADE_UP)).order_by(Medicine.id)).all()


def wait(session: Session, desk: Actor, doctor: Actor, bills: Iterable[tuple[int, Sequence[Wanted]]]) -> list[Invoice]:
    """For each patient a visit of yesterday with a prescription, and its bill of today, paid by card: nothing of it is
    handed over yet."""
    day, made = _yesterday().date(), []
    given = session.scalar(select(func.max(Token.number)).where(Token.issued_on == day)) or 0
    for number, (patient_id, wanted) in enumerate(bills, given + 1):
        visit = _visit(session, patient_id, doctor, number)
        prescription = _prescription(session, visit, doctor, wanted)
        made.append(_paid(session, desk, visit, prescription, wanted))
    session.merge(TokenCounter(issued_on=day, last_number=given + len(made)))
    session.flush()
    return made


def _yesterday() -> datetime:
    """At noon."""
    return clock.at(clock.today() - timedelta(days=1), time(12))


def _medicine(rng: Random, number: int) -> Medicine:
    form, unit, pack_size = rng.choice(_FORMS)
    name, strength = f"{people.rare(rng)} {number}", f"{rng.choice((5, 10, 50, 250, 500))} mg"
    return Medicine(
        **{"name": f"{name} {strength}", "generic": name, "form": form, "strength": strength, "unit": unit},
        **{"pack_size": pack_size, "reorder_level": rng.choice((0, 20, 100)), "import_key": f"{_MADE_UP} {number}"},
        **{"price": Decimal(rng.randint(50, 20_000)) / 100, "tax_percent": Decimal(12)},
    )


def _batch(rng: Random, number: int, medicine: Medicine) -> Batch:
    received_on = clock.today() - timedelta(days=rng.randint(1, 300))
    expires_on = received_on + timedelta(days=rng.randint(310, 900))
    unit_cost, on_hand = Decimal(rng.randint(20, 10_000)) / 100, max(0, rng.randint(-60, 400))
    days = {"received_on": received_on, "expires_on": expires_on}
    return Batch(medicine=medicine, number=f"L{number}", unit_cost=unit_cost, on_hand=on_hand, **days)


def _moves(batch: Batch, by_id: int) -> list[StockMovement]:
    """It came; and, where nothing is left, it was written off again."""
    came = batch.on_hand or _SPOILT
    by = {"batch": batch, "moved_at": clock.at(batch.received_on, time(9)), "moved_by_id": by_id}
    received = StockMovement(change=came, on_hand_after=came, reason=MovementReason.RECEIVED, **by)
    spoilt = StockMovement(change=-came, on_hand_after=0, reason=MovementReason.WRITTEN_OFF, note="Spoilt", **by)
    return [received] if batch.on_hand else [received, spoilt]


def _visit(session: Session, patient_id: int, doctor: Actor, number: int) -> Visit:
    at = _yesterday()
    token = Token(
        **{"issued_on": at.date(), "number": number, "patient_id": patient_id, "doctor_id": doctor.user_id},
        **{"state": TokenState.FINISHED, "place": at, "issued_at": at, "called_at": at, "finished_at": at},
    )
    session.add(token)
    session.flush()
    visit = Visit(
        **{"patient_id": patient_id, "doctor_id": doctor.user_id, "token_id": token.id, "started_at": at},
        **{"state": VisitState.COMPLETED, "completed_at": at},
    )
    session.add(visit)
    session.flush()
    audit.record(session, doctor, audit.UPDATE, "visit.completed", visit, days=[at.date()], visit_id=visit.id)
    return visit


def _prescription(session: Session, visit: Visit, doctor: Actor, wanted: Sequence[Wanted]) -> Prescription:
    items = [
        PrescriptionItem(
            **{"medicine_id": medicine.id, "dose": Decimal(1), "frequency": "BD", "duration_days": 5},
            **{"quantity": quantity, "instructions": "after food"},
        )
        for medicine, quantity in wanted
    ]
    by = {"issued_at": _yesterday(), "issued_by_id": doctor.user_id}
    prescription = Prescription(number=f"made up {visit.id}", visit_id=visit.id, items=items, **by)
    session.add(prescription)
    session.flush()
    prescription.number = written_number(prescription.id)
    return prescription


def _paid(session: Session, desk: Actor, visit: Visit, prescription: Prescription, wanted: Sequence[Wanted]) -> Invoice:
    fee = Charge(LineKind.CONSULTATION, "Consultation", Decimal("500.00"), basis="Price list")
    charges = [
        (medicine_charge(medicine, item.id), units)
        for item, (medicine, units) in zip(prescription.items, wanted, strict=True)
    ]
    lines = [invoice_line(charge, units) for charge, units in [(fee, 1), *charges]]
    sums, today, now = totals(lines), clock.today(), clock.now()
    invoice = Invoice(
        **{"patient_id": visit.patient_id, "visit_id": visit.id, "state": InvoiceState.PAID, "lines": lines, **sums},
        **{"paid": sums["total"], "issued_on": today, "issued_at": now, "issued_by_id": desk.user_id},
    )
    give_number(session, invoice, today)
    session.add(invoice)
    session.flush()
    by = {"received_on": today, "received_at": now, "received_by_id": desk.user_id}
    session.add(Payment(invoice_id=invoice.id, amount=invoice.total, method=PaymentMethod.CARD, **by))
    audit.record(session, desk, audit.UPDATE, "invoice.paid", invoice, visit_id=visit.id)
    return invoice
