"""Prescriptions for programs that ask once: noted as opened, as a screen notes it before it shows anything, and read.

The pharmacy, which reads no clinical record, is not noted.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import patients
from core.errors import NotFound, check
from core.models import Visit
from core.permissions import Actor, Permission, allowed, require
from core.prescriptions.checks import problems
from core.prescriptions.issuing import medicines_of, review
from core.prescriptions.records import ItemDetails, PrescriptionRecord, for_visit, get
from core.prescriptions.warnings import Warned


def opened(session: Session, actor: Actor, prescription_id: int) -> PrescriptionRecord:
    """Raises NotFound, ReasonNeeded or NotAtThePharmacy."""
    require(actor, Permission.READ_PRESCRIPTIONS)
    return _noted(session, actor, get(session, actor, prescription_id))


def opened_of_visit(session: Session, actor: Actor, visit_id: int) -> PrescriptionRecord | None:
    """The one that stands for a visit, if one does. Raises ReasonNeeded or NotAtThePharmacy."""
    require(actor, Permission.READ_PRESCRIPTIONS)
    found = for_visit(session, actor, visit_id)
    return _noted(session, actor, found) if found else None


def reviewed(session: Session, actor: Actor, visit_id: int, items: Sequence[ItemDetails]) -> tuple[Warned, ...]:
    """What these items are warned of, which tells what the patient has and takes.

    Raises NotFound, ReasonNeeded, or Invalid with what `prescribe` would refuse however it was answered.
    """
    require(actor, Permission.PRESCRIBE)
    patient_id = session.scalar(select(Visit.patient_id).where(Visit.id == visit_id))
    if patient_id is None:
        raise NotFound("visit", visit_id)
    patients.open_file(session, actor, patient_id)
    check(**problems(items, medicines_of(session, items)))
    return review(session, actor, visit_id, items)


def _noted(session: Session, actor: Actor, prescription: PrescriptionRecord) -> PrescriptionRecord:
    if allowed(actor, Permission.READ_CLINICAL):
        patients.open_file(session, actor, prescription.patient_id)
    return prescription
