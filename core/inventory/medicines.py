"""The list of medicines a clinic keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import Session

from core import audit, clock, db, fields
from core.errors import Conflict, Invalid, NotFound, check, listed
from core.inventory import barcodes
from core.inventory.shelf import MOST_UNITS, units_held, usable
from core.models import Batch, Medicine, MedicineForm
from core.permissions import Actor, Permission, require
from core.words import later, say


class MedicineExists(Conflict):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(say("{name} is already in the list of medicines.", name=name))


class BarcodeTaken(Conflict):
    def __init__(self, barcode: str, name: str) -> None:
        super().__init__(say("The barcode {barcode} is already that of {name}.", barcode=barcode, name=name))


class MedicineChangedMeanwhile(Conflict):
    def __init__(self, name: str, changed: Iterable[str]) -> None:
        super().__init__(
            say(
                "Somebody else changed {name} just now: {changed}. Look at it again.",
                name=name,
                changed=listed(changed),
            )
        )


class MedicineWithdrawn(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(say("{name} has been withdrawn from the list of medicines.", name=name))


@dataclass(frozen=True)
class MedicineDetails:
    """`unit` is what is counted and handed over (tablet, bottle); `pack_size` doses in one unit (100 for 100 ml).

    `barcode` is the number under the bars on the pack, `supplier_id` whom it is usually ordered from.
    """

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
    barcode: str | None = None
    supplier_id: int | None = None


_DETAILS = tuple(MedicineDetails.__dataclass_fields__)
# As the form calls them.
_CALLED = {
    "name": later("Name"),
    "form": later("Form"),
    "unit": later("Unit handed over"),
    "price": later("Price of a unit"),
    "generic": later("Generic name"),
    "strength": later("Strength"),
    "pack_size": later("Doses in a unit"),
    "reorder_level": later("Reorder level"),
    "tax_percent": later("Tax, percent"),
    "is_controlled": later("Controlled substance"),
    "barcode": later("Barcode"),
    "supplier_id": later("Usual supplier"),
}


@dataclass(frozen=True, kw_only=True)
class MedicineRecord(MedicineDetails):
    """`on_hand` is what may be handed over today, in units."""

    medicine_id: int
    withdrawn: bool
    on_hand: int


def list_medicines(session: Session, actor: Actor, *, withdrawn: bool = False) -> list[MedicineRecord]:
    """The medicines that are kept, by name; or those withdrawn."""
    require(actor, Permission.SEE_STOCK)
    withdrawal = Medicine.withdrawn_at.is_not(None) if withdrawn else Medicine.withdrawn_at.is_(None)
    rows = session.execute(select(Medicine, _on_hand()).where(withdrawal).order_by(func.lower(Medicine.name)))
    return [_medicine_record(medicine, on_hand) for medicine, on_hand in rows]


def medicines_after(
    session: Session, actor: Actor, after: int = 0, limit: int = 50, *, withdrawn: bool = False
) -> list[MedicineRecord]:
    """As `list_medicines`, in the order in which they were added, from the one after this id on."""
    require(actor, Permission.SEE_STOCK)
    withdrawal = Medicine.withdrawn_at.is_not(None) if withdrawn else Medicine.withdrawn_at.is_(None)
    found = select(Medicine, _on_hand()).where(withdrawal, Medicine.id > after).order_by(Medicine.id).limit(limit)
    return [_medicine_record(medicine, on_hand) for medicine, on_hand in session.execute(found)]


def search_medicines(session: Session, actor: Actor, term: str, limit: int = 20) -> list[MedicineRecord]:
    """Medicines of whose name, generic or strength every word of the term is part, names that start with it first; or
    the one whose barcode it is."""
    require(actor, Permission.SEE_STOCK)
    found = medicines_matching(term).add_columns(_on_hand()).limit(limit)
    return [_medicine_record(medicine, on_hand) for medicine, on_hand in session.execute(found)]


def get_medicines(session: Session, actor: Actor, medicine_ids: Iterable[int]) -> dict[int, MedicineRecord]:
    """Several medicines by id, withdrawn ones too; unknown ids are left out. One statement."""
    require(actor, Permission.SEE_STOCK)
    rows = session.execute(select(Medicine, _on_hand()).where(Medicine.id.in_(list(medicine_ids))))
    return {medicine.id: _medicine_record(medicine, on_hand) for medicine, on_hand in rows}


def get_medicine(session: Session, actor: Actor, medicine_id: int) -> MedicineRecord:
    """A withdrawn one too. Raises NotFound."""
    require(actor, Permission.SEE_STOCK)
    found = get_medicines(session, actor, [medicine_id])
    if medicine_id not in found:
        raise NotFound("medicine", medicine_id)
    return found[medicine_id]


def medicine_details(session: Session, actor: Actor, medicine_id: int) -> MedicineDetails:
    """As a form is filled with it. Raises NotFound."""
    require(actor, Permission.MANAGE_STOCK)
    medicine = session.get(Medicine, medicine_id)
    if medicine is None:
        raise NotFound("medicine", medicine_id)
    return MedicineDetails(**_details(medicine))


def medicines_matching(term: str) -> Select[Medicine]:
    """The query behind every box in which a medicine is looked for or its pack scanned. Withdrawn ones are left out."""
    found = select(Medicine).where(Medicine.withdrawn_at.is_(None))
    if barcode := barcodes.article(term):
        return found.where(Medicine.barcode == barcode)
    term = fields.line(term)[:100]
    for word in term.split():
        columns = (Medicine.name, Medicine.generic, Medicine.strength)
        found = found.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    starts = Medicine.name.istartswith(term, autoescape=True)
    return found.order_by(starts.desc(), func.lower(Medicine.name))


def add_medicine(
    session: Session, actor: Actor, details: MedicineDetails, import_key: str | None = None
) -> MedicineRecord:
    """Raises MedicineExists, BarcodeTaken or Invalid. `import_key` names the medicine in the program it came from."""
    require(actor, Permission.MANAGE_STOCK)
    medicine = Medicine(import_key=import_key, **_values(details))
    save_medicine(session, medicine)
    audit.record(session, actor, audit.CREATE, "medicine.added", medicine, {"name": (None, medicine.name)})
    return _medicine_record(medicine, 0)


def change_medicine(
    session: Session,
    actor: Actor,
    medicine_id: int,
    details: MedicineDetails,
    drawn_from: MedicineDetails | None = None,
) -> MedicineRecord:
    """Bills that are already made keep their price. Raises MedicineExists, BarcodeTaken, MedicineWithdrawn or Invalid.

    `drawn_from` is the medicine as `details` were made of it: raises MedicineChangedMeanwhile if it has changed since.
    """
    require(actor, Permission.MANAGE_STOCK)
    medicine = locked_medicine(session, medicine_id)
    refuse_withdrawn(medicine)
    if drawn_from and (changed := [name for name in _DETAILS if getattr(medicine, name) != getattr(drawn_from, name)]):
        raise MedicineChangedMeanwhile(medicine.name, (say(_CALLED[name]) for name in changed))
    changes = audit.assign(medicine, **_values(details))
    save_medicine(session, medicine)
    audit.record(session, actor, audit.UPDATE, "medicine.changed", medicine, changes)
    return _medicine_record(medicine, session.scalar(select(_on_hand(medicine_id))) or 0)


def withdraw(session: Session, actor: Actor, medicine_id: int) -> None:
    """Not offered, ordered or received any more. What is paid for is still handed over. Raises MedicineWithdrawn."""
    require(actor, Permission.MANAGE_STOCK)
    medicine = locked_medicine(session, medicine_id)
    refuse_withdrawn(medicine)
    changes = audit.assign(medicine, withdrawn_at=clock.now())
    audit.record(session, actor, audit.UPDATE, "medicine.withdrawn", medicine, changes)


def reinstate(session: Session, actor: Actor, medicine_id: int) -> None:
    """Take a withdrawal back."""
    require(actor, Permission.MANAGE_STOCK)
    medicine = locked_medicine(session, medicine_id)
    changes = audit.assign(medicine, withdrawn_at=None)
    audit.record(session, actor, audit.UPDATE, "medicine.reinstated", medicine, changes)


def _values(details: MedicineDetails) -> dict[str, Any]:
    """The columns a form fills, cleaned; raises Invalid."""
    name, generic = fields.line(details.name), fields.line(details.generic)
    strength, unit = fields.line(details.strength), fields.line(details.unit)
    barcode = fields.line(details.barcode)
    check(
        name=fields.required_problem(name, say("The name")),
        generic=fields.length_problem(generic, say("The generic name")),
        strength=fields.length_problem(strength, say("The strength"), 60),
        unit=fields.required_problem(unit, say("The unit"), 40),
        price=fields.money_problem(details.price, say("The price")),
        tax_percent=tax_problem(details.tax_percent),
        pack_size=count_problem(details.pack_size, say("The pack size"), least=1),
        reorder_level=count_problem(details.reorder_level, say("The reorder level"), least=0),
        barcode=barcodes.barcode_problem(barcode),
    )
    cleaned: dict[str, Any] = {"name": name, "generic": generic, "strength": strength, "unit": unit}
    cleaned["barcode"] = barcodes.shortest(barcode) or None
    cleaned |= {"price": fields.to_cents(details.price), "tax_percent": fields.to_cents(details.tax_percent)}
    return {key: getattr(details, key) for key in _DETAILS} | cleaned


def tax_problem(percent: Decimal) -> str | None:
    return fields.percent_problem(percent, say("The tax"))


def count_problem(count: int, what: str, *, least: int) -> str | None:
    if count % 1:
        return say("{what} is counted in whole units: {count} is none.", what=what, count=count)
    return (
        None
        if least <= count <= MOST_UNITS
        else say("{what} must be between {least:,} and {most:,}.", what=what, least=least, most=MOST_UNITS)
    )


def save_medicine(session: Session, medicine: Medicine) -> None:
    """Write it; the indexes on name and barcode decide between two people who give the same one at once.

    Raises MedicineExists, BarcodeTaken, or Invalid for a supplier that is none.
    """
    with session.no_autoflush:
        _refuse_double(session, medicine)
    db.save(
        session,
        medicine,
        uq_medicines_name=MedicineExists(medicine.name),
        uq_medicines_barcode=BarcodeTaken(medicine.barcode or "", say("another medicine")),
        fk_medicines_supplier_id=Invalid(
            {"supplier_id": say("There is no supplier {supplier_id}.", supplier_id=medicine.supplier_id)}
        ),
    )


def _refuse_double(session: Session, medicine: Medicine) -> None:
    others = select(Medicine.name).where(Medicine.id.is_distinct_from(medicine.id))
    if session.scalar(others.where(func.lower(Medicine.name) == func.lower(medicine.name))) is not None:
        raise MedicineExists(medicine.name)
    if medicine.barcode and (other := session.scalar(others.where(Medicine.barcode == medicine.barcode))):
        raise BarcodeTaken(medicine.barcode, other)


def locked_medicine(session: Session, medicine_id: int) -> Medicine:
    # FOR NO KEY UPDATE: bills and prescriptions that only point here need not wait.
    medicine = session.get(Medicine, medicine_id, with_for_update={"key_share": True}, populate_existing=True)
    if medicine is None:
        raise NotFound("medicine", medicine_id)
    return medicine


def refuse_withdrawn(medicine: Medicine) -> None:
    if medicine.withdrawn_at:
        raise MedicineWithdrawn(medicine.name)


def _on_hand(medicine_id: int | None = None) -> ScalarSelect[int]:
    """Units usable today, of each medicine of the surrounding query or of the one given."""
    which = Batch.medicine_id == (Medicine.id if medicine_id is None else medicine_id)
    return select(units_held()).where(which, usable(clock.today())).scalar_subquery()


def _medicine_record(medicine: Medicine, on_hand: int) -> MedicineRecord:
    withdrawn = medicine.withdrawn_at is not None
    return MedicineRecord(**_details(medicine), medicine_id=medicine.id, withdrawn=withdrawn, on_hand=on_hand)


def _details(medicine: Medicine) -> dict[str, Any]:
    return {name: getattr(medicine, name) for name in _DETAILS}
