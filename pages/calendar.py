"""Reception: a day of every doctor. A free slot is booked by a click, a taken one opens what can be done with it."""

from datetime import timedelta

import streamlit as st

from core import clock, scheduling, users
from core.permissions import Permission
from core.scheduling import AppointmentState, SlotRecord
from pages import ui
from pages.ui import booking, slots

ALL = "All doctors"
SIDE_BY_SIDE = 4
GONE = (AppointmentState.CANCELLED, AppointmentState.NO_SHOW)
actor = ui.page("Calendar", Permission.BOOK)
with ui.reading() as session:
    doctors = {doctor.doctor_id: doctor for doctor in users.list_doctors(session, actor)}


def turn(days: int | None) -> None:
    """A day back or on, or today. Runs before the date is drawn, so that its box and the address follow."""
    shown = st.session_state.get("day") or clock.today()
    st.session_state["day"] = clock.today() if days is None else shown + timedelta(days=days)


def turner(name: str, icon: str, shortcut: str, days: int) -> None:
    tip = f"{name.replace('_', ' ').capitalize()} ({shortcut})"
    st.button("", key=name, icon=f":material/{icon}:", help=tip, shortcut=shortcut, on_click=turn, args=[days])


def toolbar() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        turner("day_before", "chevron_left", "Alt+PageUp", -1)
        st.date_input(
            "Day", clock.today(), key="day", format="DD/MM/YYYY", bind="query-params",
            required=True, label_visibility="collapsed", width=150,
        )  # fmt: skip
        turner("day_after", "chevron_right", "Alt+PageDown", 1)
        st.button("Today", key="today", on_click=turn, args=[None])
        st.markdown(f"**{ui.full_day(st.session_state['day'])}**", width="content")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        names = [ALL, *(doctor.name for doctor in doctors.values())]
        st.selectbox(
            "Doctor", names, key="calendar_doctor", bind="query-params", label_visibility="collapsed", width=260
        )
        st.space("stretch")
        st.button("Open slots", icon=":material/more_time:", on_click=ui.open_dialog, args=["slots.plan"])
        st.button("Block time", icon=":material/block:", on_click=ui.open_dialog, args=["slots.time_off"])


def slots_of_day() -> list[SlotRecord]:
    with ui.reading() as session:
        found = scheduling.list_slots(session, actor, st.session_state["day"])
    chosen = st.session_state["calendar_doctor"]
    return [slot for slot in found if chosen in (ALL, slot.doctor_name)]


@ui.live(seconds=10)
def grid() -> None:
    found = slots_of_day()
    if not found:
        ui.empty(f"No slots on {ui.full_day(st.session_state['day'])}. “Open slots” makes them.", "event_busy")
        return
    by_doctor: dict[int, list[SlotRecord]] = {}
    for slot in sorted(found, key=lambda slot: slot.doctor_name):
        by_doctor.setdefault(slot.doctor_id, []).append(slot)
    with st.grid(min(len(by_doctor), SIDE_BY_SIDE), min_column_width=220, gap="medium") as cells:
        for doctor_id, of_doctor in by_doctor.items():
            with cells.cell(), st.container(border=True):
                room = ui.room_name(doctors[doctor_id].room) if doctor_id in doctors else ""
                slots.column(of_doctor, room)


def given_up() -> None:
    """Appointments of the day that will not take place."""
    with ui.reading() as session:
        found = scheduling.list_appointments(session, actor, st.session_state["day"])
    booking.show_gone([booked for booked in found if booked.state in GONE])


toolbar()
booking.moving_banner()
grid()
given_up()
if ui.opened("slots.plan"):
    slots.plan(list(doctors.values()), st.session_state["day"])
if ui.opened("slots.time_off"):
    slots.time_off(list(doctors.values()), st.session_state["day"])
slot_id = ui.opened("slot")
if slot_id:
    booking.slot_dialog(next((slot for slot in slots_of_day() if slot.slot_id == slot_id), None))
find = booking.search_key(slot_id)
last = st.session_state.get("last_token")
slip = ui.token_slip(last, ui.clinic().name, ui.moment(last.issued_at)) if last else ""
ui.keyboard(search=find, focus_id=find if slot_id else "", slip=slip, slip_id=str(last.token_id) if last else "")
