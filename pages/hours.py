"""Reception: when each doctor works, who is away, and the slots that follow from it."""

from collections.abc import Sequence

import streamlit as st

from core import clock, scheduling
from core.permissions import Permission
from core.scheduling import DoctorWeek, LeaveRecord
from core.words import say
from pages import ui
from pages.ui.calendar import leave, weekly_hours

actor = ui.page(say("Doctors' hours"), Permission.MANAGE_SCHEDULE)
with ui.reading() as session:
    weeks = scheduling.list_weeks(session, actor)
    away = scheduling.list_leave(session, actor)


def toolbar() -> None:
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        st.button(
            say("New leave"), key="add_leave", icon=":material/flight_takeoff:",
            on_click=ui.open_dialog, args=["leave.add"],
        )  # fmt: skip
        st.button(
            say("Open slots"), key="open_slots", icon=":material/more_time:", type="primary",
            on_click=ui.open_dialog, args=["hours.open"],
        )  # fmt: skip


def doctor(of: DoctorWeek) -> None:
    """The week in as few lines as it takes, and how far ahead slots are open."""
    name, today = of.doctor, clock.today()
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        facts = " · ".join(filter(None, (name.speciality, ui.room_name(name.room))))
        st.markdown(f"**{ui.plain(name.name)}**  \n:small[:gray[{ui.plain(facts)}]]", width="stretch")
        st.button(
            "", key=f"change_{name.doctor_id}", icon=":material/edit:", type="tertiary", help=say("Change the hours"),
            on_click=ui.open_dialog, args=["hours.change", name.doctor_id],
        )  # fmt: skip
    st.markdown("  \n".join(weekly_hours.lines(of.week)) or f":gray[{say('No weekly hours yet')}]")
    marks = weekly_hours.badges(of)
    if any(one.doctor_id == name.doctor_id and one.leave.first_on <= today for one in away):
        marks.append(f":orange-badge[:material/flight_takeoff: {say('Away today')}]")
    st.markdown(" ".join(marks))


def leave_to_come(found: Sequence[LeaveRecord]) -> None:
    st.subheader(say("Leave"), anchor=False)
    if not found:
        ui.empty(say("Nobody is away or will be."), "event_available")
    for one in found:
        leave.row(one)


toolbar()
if not weeks:
    ui.empty(say("No doctors yet. An administrator adds them under Users."), "stethoscope")
else:
    with st.grid(min(len(weeks), 4), min_column_width=240, gap="small", border=True) as cells:
        for of_doctor in weeks:
            with cells.cell():
                doctor(of_doctor)
    leave_to_come(away)
weekly_hours.dialogs(weeks)
leave.dialogs(weeks, away)
