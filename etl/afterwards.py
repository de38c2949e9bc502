"""What happens to a visit after it was signed, and which of its papers stand: who counts it says by what."""

from sqlalchemy import ColumnElement, exists, true
from sqlalchemy.orm import InstrumentedAttribute

from core.models import (
    Diagnosis,
    Document,
    Prescription,
    PrescriptionState,
    VisitNote,
    VisitReopening,
    Vitals,
)

# A count's name, the visit that a row belongs to, and which rows count. Amendments are in three tables.
AFTERWARDS: tuple[tuple[str, InstrumentedAttribute[int], ColumnElement[bool]], ...] = (
    *(("amendments", late.visit_id, late.reason != "") for late in (Vitals, Diagnosis, VisitNote)),
    *(("struck", finding.visit_id, finding.struck_at.is_not(None)) for finding in (Vitals, Diagnosis)),
    ("reopened", VisitReopening.visit_id, true()),
)


def paper_stands() -> ColumnElement[bool]:
    """A prescription's paper falls with its prescription."""
    fell = (Prescription.id == Document.prescription_id, Prescription.state == PrescriptionState.CANCELLED)
    return Document.cancelled_at.is_(None) & ~exists().where(*fell)
