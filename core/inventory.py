"""The medicines a clinic keeps, and the deliveries they arrive in.

What happens to a batch afterwards is `core.stock`; what is low or expiring is asked of `core.stock_levels`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import audit, clock, fields, stock
from core.errors import Conflict, NotFound, check
from core.models import Batch, Medicine, MedicineForm, MovementReason, Supplier
from core.permissions import Actor, Permission, require
from core.stock import MOST_UNITS, BatchRecord


class MedicineExists(Conflict):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name} is already in the list of medicines.")


class MedicineWithdrawn(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has been withdrawn from the list of medicines.")


class DuplicateBatch(Conflict):
    def __init__(self, number: str, medicine: str) -> None:
        super().__init__(f"Batch {number} of {medicine} has already been received from this supplier.")


@dataclass(frozen=True)
class MedicineDetails:
    """`unit` is what is counted and handed over (tablet, bottle); `pack_size` doses in one unit (100 for 100 ml)."""

    name: str
    form: MedicineForm
    unit: str
    price: Decimal
    generic: str = ""
    strength: str = ""
    pack_size: int = 1
    reorder_level: int = 0
    tax_percent: Decimal = Decimal(0)
    is_controlled: bool = False


@dataclass(frozen=True, kw_only=True)
class MedicineRecord(MedicineDetails):
    """`on_hand` is what may be handed over today, in units."""

    medicine_id: int
    withdrawn: bool
    on_hand: int


@dataclass(frozen=True)
class Delivery:
    """One batch as it arrives, in units. `number` is printed on it; `supplier` is found or added by name.

    `received_on` is today unless given.
    """

    number: str
    quantity: int
    expires_on: date
    unit_cost: Decimal
    received_on: date | None = None
    supplier: str = ""


def list_medicines(session: Session, actor: Actor, *, withdrawn: bool = False) -> list[MedicineRecord]:
    """The medicines that are kept, by name; or those withdrawn."""
    require(actor, Permission.SEE_STOCK)
    withdrawal = Medicine.withdrawn_at.is_not(None) if withdrawn else Medicine.withdrawn_at.is_(None)
    rows = session.execute(select(Medicine, _on_hand()).where(withdrawal).order_by(func.lower(Medicine.name)))
    return [_medicine_record(medicine, on_hand) for medicine, on_hand in rows]


def search_medicines(session: Session, actor: Actor, term: str, limit: int = 20) -> list[MedicineRecord]:
    """Medicines of whose name, generic or strength every word of the term is part; names that start with it first."""
    require(actor, Permission.SEE_STOCK)
    found = medicines_matching(term).add_columns(_on_hand()).limit(limit)
    return [_medicine_record(medicine, on_hand) for medicine, on_hand in session.execute(found)]


def medicines_matching(term: str) -> Select[Medicine]:
    """The query behind every box in which a medicine is looked for. Withdrawn ones are left out."""
    term = fields.line(term)[:100]
    found = select(Medicine).where(Medicine.withdrawn_at.is_(None))
    for word in term.split():
        columns = (Medicine.name, Medicine.generic, Medicine.strength)
        found = found.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    starts = Medicine.name.istartswith(term, autoescape=True)
    return found.order_by(starts.desc(), func.lower(Medicine.name))


def add_medicine(
    session: Session, actor: Actor, details: MedicineDetails, import_key: str | None = None
) -> MedicineRecord:
    """Raises MedicineExists or Invalid. `import_key` names the medicine in the program it came from."""
    require(actor, Permission.MANAGE_STOCK)
    medicine = Medicine(import_key=import_key, **_values(details))
    _save_name(session, medicine)
    audit.record(session, actor, audit.CREATE, "medicine.added", medicine, {"name": (None, medicine.name)})
    return _medicine_record(medicine, 0)


def change_medicine(session: Session, actor: Actor, medicine_id: int, details: MedicineDetails) -> MedicineRecord:
    """Bills that are already made keep their price. Raises MedicineExists, MedicineWithdrawn or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    medicine = _locked_medicine(session, medicine_id)
    _refuse_withdrawn(medicine)
    changes = audit.assign(medicine, **_values(details))
    _save_name(session, medicine)
    audit.record(session, actor, audit.UPDATE, "medicine.changed", medicine, changes)
    return _medicine_record(medicine, session.scalar(select(_on_hand(medicine_id))) or 0)


def withdraw(session: Session, actor: Actor, medicine_id: int) -> None:
    """Not offered, ordered or received any more. What is paid for is still handed over."""
    require(actor, Permission.MANAGE_STOCK)
    medicine = _locked_medicine(session, medicine_id)
    _refuse_withdrawn(medicine)
    changes = audit.assign(medicine, withdrawn_at=clock.now())
    audit.record(session, actor, audit.UPDATE, "medicine.withdrawn", medicine, changes)


def reinstate(session: Session, actor: Actor, medicine_id: int) -> None:
    """Take a withdrawal back."""
    require(actor, Permission.MANAGE_STOCK)
    medicine = _locked_medicine(session, medicine_id)
    changes = audit.assign(medicine, withdrawn_at=None)
    audit.record(session, actor, audit.UPDATE, "medicine.reinstated", medicine, changes)


def receive(session: Session, actor: Actor, medicine_id: int, delivery: Delivery) -> BatchRecord:
    """Take a batch into stock. Raises MedicineWithdrawn, DuplicateBatch or Invalid (expired, no quantity, …)."""
    require(actor, Permission.MANAGE_STOCK)
    medicine = _locked_medicine(session, medicine_id)
    _refuse_withdrawn(medicine)
    number, supplier = fields.line(delivery.number), fields.line(delivery.supplier)
    _check_delivery(delivery, number, supplier)
    batch = Batch(
        medicine_id=medicine.id,
        supplier_id=_supplier_id(session, supplier),
        number=number,
        received_on=delivery.received_on or clock.today(),
        expires_on=delivery.expires_on,
        unit_cost=delivery.unit_cost,
        on_hand=0,
    )
    if _is_there(session, batch):
        raise DuplicateBatch(number, medicine.name)
    session.add(batch)
    session.flush()
    stock.move(session, actor, batch, delivery.quantity, MovementReason.RECEIVED)
    changes: audit.Changes = {"number": (None, number), "on_hand": (None, batch.on_hand)}
    audit.record(session, actor, audit.CREATE, "batch.received", batch, changes)
    return stock.record(batch, medicine.name, medicine.unit, supplier)


def _check_delivery(delivery: Delivery, number: str, supplier: str) -> None:
    today = clock.today()
    received_on = delivery.received_on or today
    check(
        number=fields.required_problem(number, "The batch number", 60),
        quantity=_count_problem(delivery.quantity, "The quantity", least=1),
        # Taken in late and expired meanwhile is refused like expired on arrival: it would never be stock.
        expires_on=f"This batch expired on {delivery.expires_on}." if delivery.expires_on < today else None,
        unit_cost=fields.money_problem(delivery.unit_cost, "The cost"),
        received_on="The day of receipt is in the future." if received_on > today else None,
        supplier=fields.length_problem(supplier, "The supplier"),
    )


def _is_there(session: Session, batch: Batch) -> bool:
    """Asked under the lock of the medicine, so that a second delivery of the same batch waits for the first."""
    same = Batch.medicine_id == batch.medicine_id, Batch.number == batch.number
    supplier = Batch.supplier_id.is_not_distinct_from(batch.supplier_id)
    return session.scalar(select(Batch.id).where(*same, supplier)) is not None


def _supplier_id(session: Session, name: str) -> int | None:
    """Found whatever the case of its letters, or added. Whoever adds the same one meanwhile is waited for."""
    if not name:
        return None
    found = select(Supplier.id).where(func.lower(Supplier.name) == func.lower(name))
    known = session.scalar(found)
    if known is not None:
        return known
    added = insert(Supplier).values(name=name).on_conflict_do_nothing().returning(Supplier.id)
    return session.scalar(added) or session.scalar(found)


def _values(details: MedicineDetails) -> dict[str, Any]:
    """The columns a form fills, cleaned; raises Invalid."""
    name, generic = fields.line(details.name), fields.line(details.generic)
    strength, unit = fields.line(details.strength), fields.line(details.unit)
    check(
        name=fields.required_problem(name, "The name"),
        generic=fields.length_problem(generic, "The generic name"),
        strength=fields.length_problem(strength, "The strength", 60),
        unit=fields.required_problem(unit, "The unit", 40),
        price=fields.money_problem(details.price, "The price"),
        tax_percent=tax_problem(details.tax_percent),
        pack_size=_count_problem(details.pack_size, "The pack size", least=1),
        reorder_level=_count_problem(details.reorder_level, "The reorder level", least=0),
    )
    cleaned = {"name": name, "generic": generic, "strength": strength, "unit": unit}
    return {key: getattr(details, key) for key in MedicineDetails.__dataclass_fields__} | cleaned


def tax_problem(percent: Decimal) -> str | None:
    exact = percent.is_finite() and 0 <= percent <= 100 and percent == fields.to_cents(percent)
    return None if exact else "The tax must be between 0 and 100 percent, with at most two decimals."


def _count_problem(count: int, what: str, *, least: int) -> str | None:
    return None if least <= count <= MOST_UNITS else f"{what} must be between {least} and {MOST_UNITS:,}."


def _save_name(session: Session, medicine: Medicine) -> None:
    """Write the medicine; the index on names decides between two people who add the same one at once."""
    with session.no_autoflush:
        same = select(Medicine.id).where(func.lower(Medicine.name) == func.lower(medicine.name))
        if session.scalar(same.where(Medicine.id.is_distinct_from(medicine.id))) is not None:
            raise MedicineExists(medicine.name)
    try:
        with session.begin_nested():
            session.add(medicine)
            session.flush()
    except IntegrityError as error:
        if "uq_medicines_name" in str(error.orig):
            raise MedicineExists(medicine.name) from error
        raise


def _locked_medicine(session: Session, medicine_id: int) -> Medicine:
    # FOR NO KEY UPDATE: bills and prescriptions that only point here need not wait.
    medicine = session.get(Medicine, medicine_id, with_for_update={"key_share": True}, populate_existing=True)
    if medicine is None:
        raise NotFound("medicine", medicine_id)
    return medicine


def _refuse_withdrawn(medicine: Medicine) -> None:
    if medicine.withdrawn_at:
        raise MedicineWithdrawn(medicine.name)


def _on_hand(medicine_id: int | None = None) -> ScalarSelect[int]:
    """Units usable today, of each medicine of the surrounding query or of the one given."""
    which = Batch.medicine_id == (Medicine.id if medicine_id is None else medicine_id)
    units = func.coalesce(func.sum(Batch.on_hand), 0)
    return select(units).where(which, stock.usable(clock.today())).scalar_subquery()


def _medicine_record(medicine: Medicine, on_hand: int) -> MedicineRecord:
    details = {name: getattr(medicine, name) for name in MedicineDetails.__dataclass_fields__}
    return MedicineRecord(
        **details, medicine_id=medicine.id, withdrawn=medicine.withdrawn_at is not None, on_hand=on_hand
    )
