"""Hand medicines over the counter against a bill.

A bill is ready once it is paid (or unpaid, where the clinic allows it). Batches leave first in first out, or first
expired first out, as the clinic sets. Either everything that is owed is handed over or nothing; only when asked for a
part does a patient leave with less, and the rest stays owed and listed.

What the doctor took back after the bill was made is not handed over: both hold the row of the visit.
"""

from core.dispensing.handing import (
    AlreadyDispensed,
    InvoiceNotPaid,
    NothingToDispense,
    OutOfStock,
    PrescriptionTakenBack,
    Shortage,
    dispense,
)
from core.dispensing.waiting import (
    DispensedItem,
    DispensingRecord,
    Owed,
    Waiting,
    list_owing,
    list_waiting,
    planned,
    receipt,
)

__all__ = [
    "AlreadyDispensed",
    "DispensedItem",
    "DispensingRecord",
    "InvoiceNotPaid",
    "NothingToDispense",
    "OutOfStock",
    "Owed",
    "PrescriptionTakenBack",
    "Shortage",
    "Waiting",
    "dispense",
    "list_owing",
    "list_waiting",
    "planned",
    "receipt",
]
