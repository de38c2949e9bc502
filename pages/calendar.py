"""Reception: a day of every doctor, or a week of one. A free slot is booked by a click, a taken one opens what can be
done with it; where a day is full, its waiting list stands below."""

from datetime import date, timedelta

import streamlit as st

from core import clock, scheduling, users
from core.permissions import Permission
from core.scheduling import AppointmentState, SlotRecord
from core.words import say
from pages import ui
from pages.ui import keys
from pages.ui.calendar import booking, slots, waiting_list, week
from pages.ui.links import chosen_by_address
from pages.ui.show import doctor_names

DAY, WEEK = week.DAY, week.WEEK
SIDE_BY_SIDE = 4
GONE = (AppointmentState.CANCELLED, AppointmentState.NO_SHOW)
actor = ui.page(say("Calendar"), Permission.BOOK)
with ui.reading() as session:
    doctors = {doctor.doctor_id: doctor for doctor in users.list_doctors(session, actor)}


def shown_day() -> date:
    day: date = st.session_state["day"]
    return day


def shown_doctor() -> int | None:
    """None: all of them."""
    return st.session_state["doctor"] or None


def by_week() -> bool:
    return bool(st.session_state["view"] == WEEK)


def turn(steps: int | None) -> None:
    """Days or weeks back or on, or today. Runs before the date is drawn, so that its box and the address follow."""
    shown = st.session_state.get("day") or clock.today()
    length = 7 if st.session_state.get("view") == WEEK else 1
    st.session_state["day"] = clock.today() if steps is None else shown + timedelta(days=steps * length)


def turner(name: str, icon: str, shortcut: str, steps: int) -> None:
    by_week = st.session_state.get("view") == WEEK
    if steps < 0:
        tip = say("Week before ({keys})", keys=shortcut) if by_week else say("Day before ({keys})", keys=shortcut)
    else:
        tip = say("Week after ({keys})", keys=shortcut) if by_week else say("Day after ({keys})", keys=shortcut)
    st.button("", key=name, icon=f":material/{icon}:", help=tip, shortcut=shortcut, on_click=turn, args=[steps])


def toolbar() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        turner("day_before", "chevron_left", keys.CALENDAR["before"].keys, -1)
        st.date_input(
            say("Day"), clock.today(), key="day", format=ui.day_format(), bind="query-params",
            required=True, label_visibility="collapsed", width=150,
        )  # fmt: skip
        turner("day_after", "chevron_right", keys.CALENDAR["after"].keys, 1)
        st.button(say("Today"), key="today", on_click=turn, args=[None])
        chosen_by_address("view", [DAY, WEEK])
        st.segmented_control(
            say("View"), [DAY, WEEK], format_func=say, default=DAY, key="view", bind="query-params", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
        shown = week.in_words(shown_day()) if by_week() else ui.full_day(shown_day())
        st.markdown(f"**{shown}**", width="content")
    names = {0: say("All doctors"), **doctor_names(list(doctors.values()))}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.selectbox(
            say("Doctor"), names, key="doctor", format_func=lambda key: names.get(key, ""),
            bind="query-params", label_visibility="collapsed", width=260,
        )  # fmt: skip
        st.space("stretch")
        waiting_list.add_button(shown_day(), shown_doctor(), "toolbar")
        st.button(say("Open slots"), icon=":material/more_time:", on_click=ui.open_dialog, args=["slots.plan"])
        st.button(say("Block time"), icon=":material/block:", on_click=ui.open_dialog, args=["slots.time_off"])


@ui.live(seconds=10, on=["calendar", "queue"])
def grid() -> None:
    """A card for each doctor, then who waits."""
    day, doctor_id = shown_day(), shown_doctor()
    with ui.reading() as session:
        found = scheduling.list_slots(session, actor, day, doctor_id)
        waiting = scheduling.list_waiting(session, actor, day, doctor_id)
    if not found:
        ui.empty(say("No slots on {day}. “Open slots” makes them.", day=ui.full_day(day)), "event_busy")
    by_doctor: dict[int, list[SlotRecord]] = {}
    for slot in sorted(found, key=lambda slot: slot.doctor_name):
        by_doctor.setdefault(slot.doctor_id, []).append(slot)
    if by_doctor:
        with st.grid(min(len(by_doctor), SIDE_BY_SIDE), min_column_width=220, gap="medium") as cells:
            for doctor_id, of_doctor in by_doctor.items():
                with cells.cell(), st.container(border=True):
                    slots.column(of_doctor, ui.room_name(doctors[doctor_id].room) if doctor_id in doctors else "")
                    if doctor_id in doctors and slots.goes_on(of_doctor) and not slots.still_free(of_doctor):
                        waiting_list.add_button(day, doctor_id, "full")
    waiting_list.section(waiting, found)


@ui.live(seconds=10, on=["calendar", "queue"])
def weekly() -> None:
    monday, doctor_id = week.monday_of(shown_day()), shown_doctor()
    with ui.reading() as session:
        found = scheduling.list_slots(session, actor, monday, doctor_id, days=7)
        waiting = scheduling.list_waiting(session, actor, monday, doctor_id, days=7)
    if not found:
        none = say("No slots in the week {week}. “Open slots” makes them.", week=week.in_words(monday))
        ui.empty(none, "event_busy")
    else:
        week.cards(monday, found, waiting, of_one=doctor_id is not None)
    waiting_list.section(waiting, found, with_day=True)


def given_up() -> None:
    """Appointments of the day that will not take place."""
    with ui.reading() as session:
        found = scheduling.list_appointments(session, actor, shown_day(), shown_doctor())
    booking.show_gone([booked for booked in found if booked.state in GONE])


def dialogs() -> None:
    """Whichever of them is open."""
    if ui.opened("slots.plan"):
        slots.plan(list(doctors.values()), shown_day())
    if ui.opened("slots.time_off"):
        slots.time_off(list(doctors.values()), shown_day())
    if wanted := ui.opened("waiting.add"):
        waiting_list.add(list(doctors.values()), *wanted)
    if slot_id := ui.opened("slot"):
        with ui.reading() as session:
            slot = scheduling.get_slot(session, actor, slot_id)
        booking.slot_dialog(slot)


week.arrive()
toolbar()
booking.moving_banner()
if by_week():
    weekly()
else:
    grid()
    given_up()
dialogs()
slot_id, adding = ui.opened("slot"), ui.opened("waiting.add")
find = booking.search_key(slot_id) if slot_id else waiting_list.FIND if adding else ""
ui.keyboard(search=find, focus_id=find, slip=ui.last_slip())
