"""Hand medicines over the counter against a bill, and take back what patients bring.

A bill is ready once it is paid (or unpaid, where the clinic allows it). Batches leave first in first out, or first
expired first out, as the clinic sets; a pack that was scanned leaves first. Either everything that is owed is handed
over or nothing; only when asked for a part does a patient leave with less, and the rest stays owed and listed, until it
is there or called off.

What the doctor took back after the bill was made is not handed over: both hold the row of the visit. A controlled
medicine is handed over only for a prescription.
"""

from core.dispensing.calling_off import NotThatManyOwed, call_off
from core.dispensing.choosing import (
    Chosen,
    NoSubstitute,
    OnBillAlready,
    OtherPrice,
    Substitute,
    WrongPack,
    planned,
    substitutes,
)
from core.dispensing.given import GivenItem, HandedOver, bills_of_code, find_handed_over
from core.dispensing.handing import (
    AlreadyDispensed,
    InvoiceNotPaid,
    NothingToDispense,
    OutOfStock,
    PrescriptionTakenBack,
    Shortage,
    Unprescribed,
    dispense,
)
from core.dispensing.labelling import LabelRecord, labels
from core.dispensing.packs import Pack, out_of_turn, pack, shelf_of
from core.dispensing.returning import NotThatManyGiven, ReturnRecord, take_back
from core.dispensing.waiting import (
    DispensedItem,
    DispensingRecord,
    Owed,
    Waiting,
    find_owing,
    list_waiting,
    receipt,
    short_of,
)

__all__ = [
    "AlreadyDispensed",
    "Chosen",
    "DispensedItem",
    "DispensingRecord",
    "GivenItem",
    "HandedOver",
    "InvoiceNotPaid",
    "LabelRecord",
    "NoSubstitute",
    "NotThatManyGiven",
    "NotThatManyOwed",
    "NothingToDispense",
    "OnBillAlready",
    "OtherPrice",
    "OutOfStock",
    "Owed",
    "Pack",
    "PrescriptionTakenBack",
    "ReturnRecord",
    "Shortage",
    "Substitute",
    "Unprescribed",
    "Waiting",
    "WrongPack",
    "bills_of_code",
    "call_off",
    "dispense",
    "find_handed_over",
    "find_owing",
    "labels",
    "list_waiting",
    "out_of_turn",
    "pack",
    "planned",
    "receipt",
    "shelf_of",
    "short_of",
    "substitutes",
    "take_back",
]
