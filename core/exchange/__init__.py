"""Records as other programs take them: by one record, by a patient, or all of a kind in batches.

Each list is in the order of ids from the one after `after` on, and takes the same few statements however long it is.
What is clinical is of one patient at a time, asked for and noted as a screen does. Whoever may take lists away takes
all of a kind, and that is noted too. What was struck stays in, marked: who has taken it must hear of it.
"""

from core.exchange.asking import (
    NameAPatient,
    Wanted,
    list_bills,
    list_conditions,
    list_dispenses,
    list_encounters,
    list_patients,
    list_requests,
    list_staff,
    list_vitals,
)
from core.exchange.records import (
    BillRecord,
    ConditionRecord,
    DispenseRecord,
    EncounterRecord,
    PatientRecord,
    Record,
    RequestRecord,
    StaffRecord,
    VitalsTaken,
)
from core.exchange.sources import Kind
from core.exchange.taking import available, batch, begin

__all__ = [
    "BillRecord",
    "ConditionRecord",
    "DispenseRecord",
    "EncounterRecord",
    "Kind",
    "NameAPatient",
    "PatientRecord",
    "Record",
    "RequestRecord",
    "StaffRecord",
    "VitalsTaken",
    "Wanted",
    "available",
    "batch",
    "begin",
    "list_bills",
    "list_conditions",
    "list_dispenses",
    "list_encounters",
    "list_patients",
    "list_requests",
    "list_staff",
    "list_vitals",
]
