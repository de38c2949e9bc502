"""Papers that leave the clinic: a prescription, a visit summary, a sick note; made, found again, taken back.

Each has a code that cannot be guessed. It stands in the address of the PDF, which only those get who may see its
kind, and in the QR code, whose answer is no more than genuine or not.
"""

from core.documents.issuing import (
    FallsWithPrescription,
    NoPaperOfVisit,
    TakenBack,
    cancel,
    prescription_paper,
    sick_note,
    visit_summary,
)
from core.documents.opening import Opened, is_genuine, opened, opened_prescription
from core.documents.records import DocumentRecord, list_of_patient, list_of_visit
from core.models import DocumentKind

__all__ = [
    "DocumentKind",
    "DocumentRecord",
    "FallsWithPrescription",
    "NoPaperOfVisit",
    "Opened",
    "TakenBack",
    "cancel",
    "is_genuine",
    "list_of_patient",
    "list_of_visit",
    "opened",
    "opened_prescription",
    "prescription_paper",
    "sick_note",
    "visit_summary",
]
