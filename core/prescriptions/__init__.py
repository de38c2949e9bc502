"""Prescriptions: what the doctor orders in a visit. One stands per visit.

An amendment cancels the old one and issues a new one, so that every paper that left the clinic can be found again.
"""

from core.dosage import FREQUENCIES, Directions, in_words, quantity
from core.models import Route, WarningKind
from core.prescriptions.changing import PrescriptionCancelled, PrescriptionDispensed, amend, cancel
from core.prescriptions.issuing import AlreadyPrescribed, prescribe, review
from core.prescriptions.overrides import Override, export_overrides, overrides
from core.prescriptions.records import ItemDetails, ItemRecord, PrescriptionRecord, for_visit, get
from core.prescriptions.typed import TypedLine, typed_line
from core.prescriptions.warnings import PrescribingWarnings, Warned

__all__ = [
    "FREQUENCIES",
    "AlreadyPrescribed",
    "Directions",
    "ItemDetails",
    "ItemRecord",
    "Override",
    "PrescribingWarnings",
    "PrescriptionCancelled",
    "PrescriptionDispensed",
    "PrescriptionRecord",
    "Route",
    "TypedLine",
    "Warned",
    "WarningKind",
    "amend",
    "cancel",
    "export_overrides",
    "for_visit",
    "get",
    "in_words",
    "overrides",
    "prescribe",
    "quantity",
    "review",
    "typed_line",
]
