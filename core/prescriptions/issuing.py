"""Issue prescriptions. Each step holds the row of the visit."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from core import audit, clock, dosage, fields, visits
from core.errors import Conflict, check
from core.models import (
    Medicine,
    OverriddenWarning,
    Prescription,
    PrescriptionItem,
    PrescriptionState,
    Visit,
)
from core.permissions import Actor, Permission, require
from core.prescriptions.checks import problems
from core.prescriptions.records import ItemDetails, PrescriptionRecord, item_record
from core.prescriptions.taker import taker
from core.prescriptions.warnings import PrescribingWarnings, Warned, unanswered, warnings
from core.words import ENGLISH, read_in, say


class AlreadyPrescribed(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(
            say("Prescription {number} was already issued in this visit. Amend it instead.", number=number)
        )


def prescribe(session: Session, actor: Actor, visit_id: int, items: Sequence[ItemDetails]) -> PrescriptionRecord:
    """Issue the prescription of an open visit.

    Raises AlreadyPrescribed, PrescribingWarnings, Invalid, or what `visits.locked_open` refuses.
    """
    require(actor, Permission.PRESCRIBE)
    visit = visits.locked_open(session, actor, visit_id)
    if number := session.scalar(_standing(visit_id)):
        raise AlreadyPrescribed(number)
    prescription = issue(session, actor, visit, items)
    changes: audit.Changes = {"number": (None, prescription.number)}
    audit.record(session, actor, audit.CREATE, "prescription.issued", prescription, changes, visit_id=visit_id)
    return _record(actor, visit, prescription)


def review(session: Session, actor: Actor, visit_id: int, items: Sequence[ItemDetails]) -> tuple[Warned, ...]:
    """What these items are warned of, while the doctor is still writing, answered or not.

    Raises NotFound or ReasonNeeded.
    """
    require(actor, Permission.PRESCRIBE)
    medicines = medicines_of(session, items)
    known = [item for item in items if item.medicine_id in medicines]
    return warnings(known, medicines, taker(session, actor, visit_id)) if known else ()


def issue(
    session: Session, actor: Actor, visit: Visit, items: Sequence[ItemDetails], replaces_id: int | None = None
) -> Prescription:
    """For the steps of this workflow, which hold the visit. Raises PrescribingWarnings or Invalid."""
    require(actor, Permission.PRESCRIBE)
    medicines = medicines_of(session, items)
    check(**problems(items, medicines))
    who = taker(session, actor, visit.id)
    with read_in(ENGLISH):  # as they are kept, whoever prescribes
        found = warnings(items, medicines, who)
    if unanswered(items, found):
        raise PrescribingWarnings(unanswered(items, warnings(items, medicines, who)))
    number = session.scalars(select(func.nextval(text("pg_get_serial_sequence('prescriptions', 'id')")))).one()
    prescription = Prescription(
        id=number,
        number=written_number(number),
        visit_id=visit.id,
        issued_at=clock.now(),
        issued_by_id=actor.user_id,
        replaces_id=replaces_id,
        items=[_item(item, medicines[item.medicine_id], found) for item in items],
    )
    session.add(prescription)
    return prescription


def written_number(number: int) -> str:
    """As it stands on the prescription with this id."""
    return f"RX-{number:06d}"


def _item(item: ItemDetails, medicine: Medicine, found: Sequence[Warned]) -> PrescriptionItem:
    frequency = dosage.frequency(item.frequency)
    assert frequency is not None
    quantity = item.quantity or dosage.quantity(item.dose, frequency, item.duration_days, medicine.pack_size)
    return PrescriptionItem(
        medicine=medicine,
        dose=item.dose,
        route=item.route,
        frequency=frequency,
        duration_days=item.duration_days,
        quantity=quantity,
        instructions=fields.line(item.instructions),
        override_reason=fields.line(item.override_reason),
        overridden=[
            OverriddenWarning(kind=warned.kind, sentence=warned.sentence, source=warned.source)
            for warned in found
            if warned.medicine_id == medicine.id
        ],
    )


def _record(actor: Actor, visit: Visit, prescription: Prescription) -> PrescriptionRecord:
    """Of what the actor has just issued in a visit that was read with its patient."""
    patient, items = visit.patient, prescription.items
    return PrescriptionRecord(
        *(prescription.id, prescription.number, prescription.state, visit.id, prescription.issued_at),
        *(actor.user_id, actor.name, patient.id, patient.name, patient.mrn),
        tuple(item_record(item, item.medicine) for item in items),
    )


def medicines_of(session: Session, items: Sequence[ItemDetails]) -> Mapping[int, Medicine]:
    wanted = {item.medicine_id for item in items}
    return {medicine.id: medicine for medicine in session.scalars(select(Medicine).where(Medicine.id.in_(wanted)))}


def _standing(visit_id: int) -> Select[str]:
    return select(Prescription.number).where(
        Prescription.visit_id == visit_id, Prescription.state == PrescriptionState.ISSUED
    )
