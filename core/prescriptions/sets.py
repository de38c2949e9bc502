"""Medicines that are prescribed together under a short name, and favourites: sets of one medicine.

A doctor has sets of one's own and uses the clinic's, which whoever may change the clinic's settings keeps.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from core import audit, db, dosage, fields
from core.errors import Conflict, NotFound, check
from core.models import Medicine, MedicineSet, MedicineSetItem
from core.permissions import Actor, Permission, require
from core.prescriptions.checks import problems
from core.prescriptions.issuing import medicines_of
from core.prescriptions.records import ItemDetails
from core.words import say

LONGEST_NAME = 60


@dataclass(frozen=True)
class SetRecord:
    """`items` are those that can be prescribed; `withdrawn` names medicines of the set that are no longer used."""

    set_id: int
    name: str
    shared: bool
    items: tuple[ItemDetails, ...]
    medicines: tuple[str, ...]
    withdrawn: tuple[str, ...]

    @property
    def is_favourite(self) -> bool:
        return len(self.medicines) + len(self.withdrawn) == 1


class SetExists(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(say("There is a set {name} already. Choose another name, or replace that one.", name=name))


def list_sets(session: Session, actor: Actor) -> list[SetRecord]:
    """The doctor's own and the clinic's, by name. One statement."""
    require(actor, Permission.PRESCRIBE)
    rows = session.execute(
        select(MedicineSet, MedicineSetItem, Medicine)
        .join(MedicineSetItem, MedicineSetItem.set_id == MedicineSet.id)
        .join(Medicine, Medicine.id == MedicineSetItem.medicine_id)
        .where((MedicineSet.owner_id == actor.user_id) | MedicineSet.owner_id.is_(None))
        .order_by(func.lower(MedicineSet.name), MedicineSet.id, MedicineSetItem.id)
    )
    by_set = groupby(rows, lambda row: row[0])
    return [_record(of, [(item, medicine) for _, item, medicine in lines]) for of, lines in by_set]


def save_set(
    session: Session, actor: Actor, name: str, items: Sequence[ItemDetails], *, shared: bool = False
) -> SetRecord:
    """A new set of these items: the doctor's own, or the clinic's. Raises SetExists or Invalid."""
    require(actor, Permission.PRESCRIBE)
    if shared:
        require(actor, Permission.MANAGE_CLINIC)
    new = MedicineSet(owner_id=None if shared else actor.user_id, name=_checked(name))
    new.items = _items(session, items)
    db.save(session, new, uq_medicine_sets_name=SetExists(new.name))
    audit.record(session, actor, audit.CREATE, "medicine_set.saved", new, {"name": (None, new.name)})
    return _of(session, actor, new.id)


def rename_set(session: Session, actor: Actor, set_id: int, name: str) -> SetRecord:
    """Raises SetExists, NotFound or Invalid."""
    require(actor, Permission.PRESCRIBE)
    kept = _locked(session, actor, set_id)
    changes = audit.assign(kept, name=_checked(name))
    db.save(session, kept, uq_medicine_sets_name=SetExists(kept.name))
    audit.record(session, actor, audit.UPDATE, "medicine_set.renamed", kept, changes)
    return _of(session, actor, set_id)


def replace_set(session: Session, actor: Actor, set_id: int, items: Sequence[ItemDetails]) -> SetRecord:
    """Other medicines under the same name. Raises NotFound or Invalid."""
    require(actor, Permission.PRESCRIBE)
    kept = _locked(session, actor, set_id)
    new = _items(session, items)
    kept.items.clear()
    session.flush()  # a medicine stands once in a set
    kept.items.extend(new)
    changes: audit.Changes = {"medicines": (None, [item.medicine_id for item in new])}
    audit.record(session, actor, audit.UPDATE, "medicine_set.replaced", kept, changes)
    return _of(session, actor, set_id)


def remove_set(session: Session, actor: Actor, set_id: int) -> None:
    """Raises NotFound."""
    require(actor, Permission.PRESCRIBE)
    gone = _locked(session, actor, set_id)
    audit.record(session, actor, audit.DELETE, "medicine_set.removed", gone, {"name": (gone.name, None)})
    session.delete(gone)
    session.flush()


def _checked(name: str) -> str:
    name = fields.line(name)
    check(name=fields.required_problem(name, say("The name of the set"), LONGEST_NAME))
    return name


def _items(session: Session, items: Sequence[ItemDetails]) -> list[MedicineSetItem]:
    check(**problems(items, medicines_of(session, items)))
    return [
        MedicineSetItem(
            medicine_id=item.medicine_id,
            dose=item.dose,
            route=item.route,
            frequency=dosage.frequency(item.frequency),
            duration_days=item.duration_days,
            instructions=fields.line(item.instructions),
            quantity=item.quantity,
        )
        for item in items
    ]


def _locked(session: Session, actor: Actor, set_id: int) -> MedicineSet:
    """One's own, or the clinic's for whoever keeps them. Somebody else's is as if it were not there."""
    found = session.scalar(
        select(MedicineSet)
        .where(MedicineSet.id == set_id)
        .options(selectinload(MedicineSet.items))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or found.owner_id not in (None, actor.user_id):
        raise NotFound("set", set_id)
    if found.owner_id is None:
        require(actor, Permission.MANAGE_CLINIC)
    return found


def _of(session: Session, actor: Actor, set_id: int) -> SetRecord:
    return next(known for known in list_sets(session, actor) if known.set_id == set_id)


def _record(of: MedicineSet, lines: Iterable[tuple[MedicineSetItem, Medicine]]) -> SetRecord:
    lines = list(lines)
    kept = [(item, medicine) for item, medicine in lines if medicine.withdrawn_at is None]
    return SetRecord(
        of.id,
        of.name,
        of.owner_id is None,
        tuple(_details(item) for item, _ in kept),
        tuple(medicine.name for _, medicine in kept),
        tuple(medicine.name for _, medicine in lines if medicine.withdrawn_at),
    )


def _details(item: MedicineSetItem) -> ItemDetails:
    told = (item.medicine_id, item.dose, item.frequency, item.duration_days, item.route, item.instructions)
    return ItemDetails(*told, quantity=item.quantity)
