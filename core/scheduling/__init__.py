"""A doctor's slots and the appointments in them.

A slot is FREE, BOOKED or CLOSED and never overlaps another of the same doctor. Whoever changes one holds its row: a
booking locks the patient, then the slot; a change of an appointment locks the appointment first. Whoever changes a
doctor's hours or leave, or opens slots, locks the doctor first.
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
    locked,
    mark_arrived,
    mark_completed,
    mark_left,
    mark_no_show,
    register_and_book,
    reschedule,
)
from core.scheduling.hours import WEEKDAYS, DoctorWeek, Hours, day_in_text, list_weeks, set_week, week_from_text
from core.scheduling.leave import (
    AlreadyOnLeave,
    Leave,
    LeaveAdded,
    LeaveOver,
    LeaveRecord,
    add_leave,
    list_leave,
    remove_leave,
    touched_by_leave,
)
from core.scheduling.opening import (
    MOST_SLOTS,
    NoWeeklyHours,
    SlotPlan,
    SlotsOpened,
    open_from_availability,
    open_slots,
)
from core.scheduling.records import AppointmentRecord, SlotRecord
from core.scheduling.slots import Blocked, OnLeave, block, list_slots, list_touched, next_free, unblock

__all__ = [
    "MOST_SLOTS",
    "WEEKDAYS",
    "AlreadyBooked",
    "AlreadyOnLeave",
    "AppointmentRecord",
    "AppointmentState",
    "Blocked",
    "DoctorWeek",
    "Hours",
    "Leave",
    "LeaveAdded",
    "LeaveOver",
    "LeaveRecord",
    "NoWeeklyHours",
    "NotBooked",
    "NotToday",
    "NotYetDue",
    "OnLeave",
    "PastSlot",
    "SlotClosed",
    "SlotPlan",
    "SlotRecord",
    "SlotState",
    "SlotTaken",
    "SlotsOpened",
    "add_leave",
    "block",
    "book",
    "cancel",
    "day_in_text",
    "list_appointments",
    "list_leave",
    "list_slots",
    "list_touched",
    "list_weeks",
    "locked",
    "mark_arrived",
    "mark_completed",
    "mark_left",
    "mark_no_show",
    "next_free",
    "open_from_availability",
    "open_slots",
    "register_and_book",
    "remove_leave",
    "reschedule",
    "set_week",
    "touched_by_leave",
    "unblock",
    "week_from_text",
]
