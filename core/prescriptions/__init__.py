"""Prescriptions: what the doctor orders in a visit. One stands per visit.

An amendment cancels the old one and issues a new one, so that every paper that left the clinic can be found again.
"""

from core.dosage import Directions, in_words
from core.prescriptions.checks import PrescribingWarnings, Warned, WarningKind
from core.prescriptions.issuing import (
    AlreadyPrescribed,
    PrescriptionBilled,
    PrescriptionCancelled,
    amend,
    cancel,
    prescribe,
)
from core.prescriptions.records import ItemDetails, ItemRecord, PrescriptionRecord, for_visit, get

__all__ = [
    "AlreadyPrescribed",
    "Directions",
    "ItemDetails",
    "ItemRecord",
    "PrescribingWarnings",
    "PrescriptionBilled",
    "PrescriptionCancelled",
    "PrescriptionRecord",
    "Warned",
    "WarningKind",
    "amend",
    "cancel",
    "for_visit",
    "get",
    "in_words",
    "prescribe",
]
