"""A doctor's slots and the appointments in them.

A slot is FREE, BOOKED or CLOSED and never overlaps another of the same doctor. Whoever changes one holds its row: a
booking locks the patient, then the slot; a change of an appointment locks the appointment first.
"""

from core.models import AppointmentState, SlotState
from core.scheduling.appointments import (
    AlreadyBooked,
    NotBooked,
    NotToday,
    NotYetDue,
    PastSlot,
    SlotClosed,
    SlotTaken,
    book,
    cancel,
    list_appointments,
    list_of_patient,
    locked,
    mark_arrived,
    mark_completed,
    mark_left,
    mark_no_show,
    register_and_book,
    reschedule,
)
from core.scheduling.records import AppointmentRecord, SlotRecord
from core.scheduling.slots import (
    MOST_SLOTS,
    Blocked,
    SlotPlan,
    SlotsOpened,
    block,
    list_slots,
    list_touched,
    next_free,
    open_slots,
    unblock,
)

__all__ = [
    "MOST_SLOTS",
    "AlreadyBooked",
    "AppointmentRecord",
    "AppointmentState",
    "Blocked",
    "NotBooked",
    "NotToday",
    "NotYetDue",
    "PastSlot",
    "SlotClosed",
    "SlotPlan",
    "SlotRecord",
    "SlotState",
    "SlotTaken",
    "SlotsOpened",
    "block",
    "book",
    "cancel",
    "list_appointments",
    "list_of_patient",
    "list_slots",
    "list_touched",
    "locked",
    "mark_arrived",
    "mark_completed",
    "mark_left",
    "mark_no_show",
    "next_free",
    "open_slots",
    "register_and_book",
    "reschedule",
    "unblock",
]
