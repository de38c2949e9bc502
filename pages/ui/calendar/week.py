"""A week of the calendar: of one doctor every slot, of all doctors how full each day is."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st
from babel.dates import format_date

from core import clock
from core.scheduling import SlotRecord, WaitingRecord
from core.words import later, say
from pages import ui
from pages.ui.calendar import slots
from pages.ui.waits import in_one_line

DAY, WEEK = later("Day"), later("Week")  # what the calendar shows at a time
_GO_TO = "calendar_go_to"
NARROWEST = 130  # pixels: a time and a name in two lines


def arrive() -> None:
    """Before the boxes above are drawn: they and the address follow to the day that was clicked."""
    if wanted := st.session_state.pop(_GO_TO, None):
        day, doctor_id = wanted
        st.session_state["day"], st.session_state["view"] = day, DAY
        if doctor_id is not None:
            st.session_state["doctor"] = doctor_id


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def in_words(day: date) -> str:
    """The week of a day, from Monday to Sunday."""
    monday = monday_of(day)
    first, last = ui.clinic_day(monday), ui.clinic_day(monday + timedelta(days=6))
    return say("{first} to {last}", first=first, last=last)


def cards(monday: date, found: Sequence[SlotRecord], waiting: Sequence[WaitingRecord], *, of_one: bool) -> None:
    """Day by day, side by side; days on which nobody works are left out."""
    by_day: dict[date, list[SlotRecord]] = {}
    for slot in found:
        by_day.setdefault(clock.day_of(slot.starts_at), []).append(slot)
    with st.grid(len(by_day), min_column_width=NARROWEST, gap="small", border=True) as cells:
        for day, of_day in sorted(by_day.items()):
            with cells.cell(), st.container(gap="xsmall"):
                free = slots.still_free(of_day) if of_one else 0  # else it stands beside each doctor
                _heading(day, _in_words(of_day, free, sum(wish.wanted_on == day for wish in waiting)))
                if of_one:
                    for slot in slots.useful(of_day):
                        slots.button(slot)
                else:
                    _doctors(day, of_day)


def _in_words(of_day: Sequence[SlotRecord], free: int, waiting: int) -> str:
    told = [say("{count} booked", count=sum(slot.patient_id is not None for slot in of_day))]
    told += [say("{count} free", count=free)] if free else []
    told += [say("{count} waiting", count=waiting)] if waiting else []
    return " · ".join(map(in_one_line, told))


def _heading(day: date, counts: str) -> None:
    """A click shows the day."""
    name = f"**{format_date(day, 'EEE d MMM', locale=ui.clinic().locale)}**"
    name = f":blue-background[{name}]" if day == clock.today() else name
    tip = say("Show {day}", day=ui.full_day(day))
    if st.button(name, key=f"day_{day}", type="tertiary", help=tip):
        _go_to(day)
    st.caption(counts)


def _doctors(day: date, of_day: Sequence[SlotRecord]) -> None:
    """How full each doctor is; a click shows the doctor's day."""
    for doctor_id, name in sorted({(slot.doctor_id, slot.doctor_name) for slot in of_day}, key=lambda one: one[1]):
        of_doctor = [slot for slot in of_day if slot.doctor_id == doctor_id]
        free, over = slots.still_free(of_doctor), not slots.goes_on(of_doctor)
        word = f":green[{say('{count} free', count=free)}]" if free else f":orange[{say('full')}]"
        word = f":gray[{say('over')}]" if over else word
        if st.button(f"{ui.plain(name)} {word}", key=f"day_{day}_{doctor_id}", type="tertiary"):
            _go_to(day, doctor_id)


def _go_to(day: date, doctor_id: int | None = None) -> None:
    st.session_state[_GO_TO] = (day, doctor_id)
    st.rerun()
