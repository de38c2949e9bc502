"""A week of the calendar: of one doctor every slot, of all doctors how full each day is."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st
from babel.dates import format_date

from core import clock
from core.scheduling import SlotRecord, WaitingRecord
from pages import ui
from pages.ui import slots


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def in_words(day: date) -> str:
    """The week of a day, from Monday to Sunday."""
    monday = monday_of(day)
    return f"{ui.clinic_day(monday)} to {ui.clinic_day(monday + timedelta(days=6))}"


def cards(monday: date, found: Sequence[SlotRecord], waiting: Sequence[WaitingRecord], *, of_one: bool) -> None:
    """Seven days side by side, those on which nobody works too: the week keeps its shape."""
    by_day: dict[date, list[SlotRecord]] = {}
    for slot in found:
        by_day.setdefault(clock.day_of(slot.starts_at), []).append(slot)
    with st.grid(7, min_column_width=150, gap="small") as cells:
        for day in (monday + timedelta(days=number) for number in range(7)):
            of_day = by_day.get(day, [])
            with cells.cell(), st.container(border=True, gap="xsmall"):
                _heading(day, of_day, sum(wish.wanted_on == day for wish in waiting))
                if of_one:
                    for slot in slots.useful(of_day):
                        slots.button(slot)
                else:
                    _doctors(day, of_day)


def _heading(day: date, of_day: Sequence[SlotRecord], waiting: int) -> None:
    """A click shows the day."""
    name = format_date(day, "EEE d MMM", locale=ui.clinic().locale)
    mark = ":blue-background" if day == clock.today() else ""
    if st.button(
        f"{mark}[**{name}**]" if mark else f"**{name}**", key=f"day_{day}", type="tertiary", on_click=_show, args=[day],
        help=f"Show {ui.full_day(day)}",
    ):  # fmt: skip
        st.rerun()
    told = slots.summary(of_day) if of_day else "no slots"
    st.caption(f"{told} · {waiting} waiting" if waiting else told)


def _doctors(day: date, of_day: Sequence[SlotRecord]) -> None:
    """How full each doctor is; a click shows the doctor's day."""
    for doctor_id, name in sorted({(slot.doctor_id, slot.doctor_name) for slot in of_day}, key=lambda one: one[1]):
        of_doctor = [slot for slot in of_day if slot.doctor_id == doctor_id]
        free = slots.still_free(of_doctor)
        word = f":green[{free} free]" if free else ":gray[full]" if day >= clock.today() else ":gray[over]"
        key, args = f"day_{day}_{doctor_id}", [day, doctor_id]
        if st.button(f"{ui.plain(name)} {word}", key=key, type="tertiary", on_click=_show, args=args, width="stretch"):
            st.rerun()


def _show(day: date, doctor_id: int | None = None) -> None:
    st.session_state["day"], st.session_state["view"] = day, "Day"
    if doctor_id is not None:
        st.session_state["doctor"] = doctor_id
