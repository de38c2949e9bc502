"""Prescriptions for programs that ask once: noted as opened, as a screen notes it before it shows anything, and read.

The pharmacy, which reads no clinical record, is not noted.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import patients
from core.errors import NotFound
from core.models import Visit
from core.permissions import Actor, Permission, allowed, require
from core.prescriptions.issuing import review
from core.prescriptions.records import ItemDetails, PrescriptionRecord, get
from core.prescriptions.warnings import Warned


def opened(session: Session, actor: Actor, prescription_id: int) -> PrescriptionRecord:
    """Raises NotFound, ReasonNeeded or NotAtThePharmacy."""
    require(actor, Permission.READ_PRESCRIPTIONS)
    found = get(session, actor, prescription_id)
    if allowed(actor, Permission.READ_CLINICAL):
        patients.open_file(session, actor, found.patient_id)
    return found


def reviewed(session: Session, actor: Actor, visit_id: int, items: Sequence[ItemDetails]) -> tuple[Warned, ...]:
    """What these items are warned of, which tells what the patient has and takes. Raises NotFound or ReasonNeeded."""
    require(actor, Permission.PRESCRIBE)
    patient_id = session.scalar(select(Visit.patient_id).where(Visit.id == visit_id))
    if patient_id is None:
        raise NotFound("visit", visit_id)
    patients.open_file(session, actor, patient_id)
    return review(session, actor, visit_id, items)
