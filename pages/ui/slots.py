"""Slots on the calendar: one as a button, and the dialogs that open and block many."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import streamlit as st

from core import clock, scheduling
from core.permissions import Actor
from core.scheduling import Blocked, SlotPlan, SlotRecord, SlotsOpened, SlotState
from core.users import DoctorChoice
from pages import ui
from pages.ui import booking
from pages.ui.show import STATES

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BLOCK, UNBLOCK = "Block", "Open again"


def button(slot: SlotRecord) -> None:
    """Time, icon and word. A click opens the slot's dialog, or moves the appointment that is being moved here."""
    word, colour, icon = STATES[slot.appointment_state or slot.state]
    who = f"**{ui.plain(slot.patient_name)}**" if slot.patient_name else word
    label = f":{colour}[{ui.clock_time(slot.starts_at)}] {who}"
    moving = booking.moving() is not None and slot.state is SlotState.FREE
    pressed = st.button(
        label,
        key=ui.form_key(f"move_{slot.slot_id}") if moving else f"slot_{slot.slot_id}",
        icon=f":material/{'move_item' if moving else icon}:",
        help=_hint(slot, word),
        width="stretch",
        type="secondary" if slot.patient_name or moving else "tertiary",
    )
    if pressed and moving:
        booking.move_here(slot)
    elif pressed:
        ui.open_dialog("slot", slot.slot_id)
        st.rerun()
