"""What hangs on a patient's record and goes with it when two become one, or two again."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.models import Advance, Appointment, Document, Invoice, Patient, Token, Visit, WaitingListEntry
from core.words import say_count

# In the order in which they are locked, as the workflows lock them: what hangs on a patient, then the patient. A wish
# on the waiting list and what moved an advance come after: whoever writes one holds its patient.
_LOCKED = (Appointment, Visit, Token, Invoice, Document)
MOVED = (*_LOCKED, WaitingListEntry, Advance)
_WORDS: dict[str, Callable[[int], str]] = {
    "appointments": lambda n: say_count(n, "{count} appointment", "{count} appointments"),
    "tokens": lambda n: say_count(n, "{count} token", "{count} tokens"),
    "visits": lambda n: say_count(n, "{count} visit", "{count} visits"),
    "invoices": lambda n: say_count(n, "{count} bill", "{count} bills"),
    "documents": lambda n: say_count(n, "{count} paper", "{count} papers"),
    "waiting_list": lambda n: say_count(n, "{count} wish on the waiting list", "{count} wishes on the waiting list"),
    "advances": lambda n: say_count(n, "{count} entry of the advance", "{count} entries of the advance"),
}


def hanging_on(session: Session, patient_id: int) -> dict[str, list[int]]:
    """Ids by table of what belongs to a record."""
    ids = {model: select(model.id).where(model.patient_id == patient_id).order_by(model.id) for model in MOVED}
    return {model.__tablename__: list(session.scalars(found)) for model, found in ids.items()}


def lock(session: Session, rows: Mapping[str, list[int]], *, nowait: bool = False) -> None:
    """Whatever hangs on a record comes before the record. What was added while that was waited for is not waited for
    again: whoever holds it may be waiting for the record."""
    for model in _LOCKED:
        ids = select(model.id).where(model.id.in_(rows[model.__tablename__])).order_by(model.id)
        session.scalars(ids.with_for_update(nowait=nowait)).all()


def give(session: Session, rows: Mapping[str, list[int]], patient_id: int) -> None:
    session.flush()
    for model in MOVED:
        ids = rows[model.__tablename__]
        session.execute(update(model).where(model.id.in_(ids)).values(patient_id=patient_id))


def ledger(session: Session, patient: Patient) -> Decimal:
    """What the ledger of the patient's advance comes to."""
    total = func.coalesce(func.sum(Advance.change), Decimal("0.00"))
    return session.scalars(select(total).where(Advance.patient_id == patient.id)).one()


def in_words(counts: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(_WORDS[name](count) for name, count in counts.items() if count)
