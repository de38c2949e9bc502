"""A scan, wherever a medicine or a batch is chosen: which it is."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, fields
from core.errors import check
from core.inventory import barcodes
from core.inventory.medicines import MedicineRecord, get_medicines, locked_medicine, refuse_withdrawn, save_medicine
from core.inventory.shelf import BatchRecord, record, with_names
from core.models import Batch, Medicine
from core.permissions import Actor, Permission, require
from core.words import say


@dataclass(frozen=True)
class Scan:
    """`barcode`, `number` (of the batch) and `expires_on` as the code says them, empty where it does not.

    `batches` are those it may mean: several where two medicines have one batch number. Used up ones are among them only
    where nothing is left of any.
    """

    barcode: str
    number: str
    expires_on: date | None
    medicine: MedicineRecord | None
    batches: tuple[BatchRecord, ...]

    @property
    def batch(self) -> BatchRecord | None:
        return self.batches[0] if len(self.batches) == 1 else None

    @property
    def is_known(self) -> bool:
        return self.medicine is not None or bool(self.batches)


def scanned(session: Session, actor: Actor, code: str) -> Scan:
    """What a scanner sent, or a batch number somebody typed. Raises Invalid for a code that was read wrong."""
    require(actor, Permission.SEE_STOCK)
    printed = barcodes.read(code)
    labelled = session.scalar(select(Medicine.id).where(Medicine.barcode == printed.barcode))
    if labelled:
        found = _batches(session, printed.number, labelled)
    elif printed.barcode and printed.number:
        found = ()  # of an article we do not know: another's batch of the same number is not it
    else:
        found = _batches(session, printed.number or fields.line(code))  # digits of an article may be a batch number
    of = {labelled} if labelled else {batch.medicine_id for batch in found}
    medicine = get_medicines(session, actor, of).get(of.pop()) if len(of) == 1 else None
    return Scan(printed.barcode, printed.number, printed.expires_on, medicine, found)


def give_barcode(session: Session, actor: Actor, medicine_id: int, barcode: str) -> MedicineRecord:
    """From now on a scan of it means this medicine. Raises BarcodeTaken, MedicineWithdrawn or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    medicine = locked_medicine(session, medicine_id)
    refuse_withdrawn(medicine)
    check(barcode=barcodes.barcode_problem(barcode) if barcode else say("The barcode is missing."))
    changes = audit.assign(medicine, barcode=barcodes.shortest(barcode))
    save_medicine(session, medicine)
    audit.record(session, actor, audit.UPDATE, "medicine.changed", medicine, changes)
    return get_medicines(session, actor, [medicine_id])[medicine_id]


def _batches(session: Session, number: str, medicine_id: int | None = None) -> tuple[BatchRecord, ...]:
    rows = with_names().where(func.lower(Batch.number) == func.lower(number))
    if medicine_id is not None:
        rows = rows.where(Batch.medicine_id == medicine_id)
    found = [record(*row) for row in session.execute(rows.order_by(Batch.id))]
    return tuple([batch for batch in found if batch.on_hand] or found)
