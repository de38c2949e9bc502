"""Prescriptions: what the doctor orders in a visit. One stands per visit.

An amendment cancels the old one and issues a new one, so that every paper that left the clinic can be found again.
"""

from core.dosage import FREQUENCIES, PATTERNS, Directions, in_words, quantity
from core.models import Route, WarningKind
from core.prescriptions.changing import PrescriptionCancelled, PrescriptionDispensed, amend, cancel
from core.prescriptions.issuing import AlreadyPrescribed, prescribe, review
from core.prescriptions.opening import opened, opened_of_visit, reviewed
from core.prescriptions.overrides import Override, export_overrides, open_overrides, overrides
from core.prescriptions.records import ItemDetails, ItemRecord, PrescriptionRecord, for_visit, former, get
from core.prescriptions.sets import (
    LONGEST_NAME,
    SetExists,
    SetRecord,
    list_sets,
    remove_set,
    rename_set,
    replace_set,
    save_set,
)
from core.prescriptions.typed import TypedLine, typed_line
from core.prescriptions.usual import as_typed, usual
from core.prescriptions.warnings import PrescribingWarnings, Warned

__all__ = [
    "FREQUENCIES",
    "LONGEST_NAME",
    "PATTERNS",
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
    "SetExists",
    "SetRecord",
    "TypedLine",
    "Warned",
    "WarningKind",
    "amend",
    "as_typed",
    "cancel",
    "export_overrides",
    "for_visit",
    "former",
    "get",
    "in_words",
    "list_sets",
    "open_overrides",
    "opened",
    "opened_of_visit",
    "overrides",
    "prescribe",
    "quantity",
    "remove_set",
    "rename_set",
    "replace_set",
    "review",
    "reviewed",
    "save_set",
    "typed_line",
    "usual",
]
