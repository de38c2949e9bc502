"""A doctor's weekly hours: how a week is told, and the dialogs that change it and open its slots."""

from collections.abc import Sequence
from datetime import time, timedelta
from itertools import groupby

import streamlit as st
from babel.dates import format_time

from core import clock, scheduling
from core.scheduling import DoctorWeek, Hours, SlotRecord, day_in_text
from core.words import later, say, say_count
from pages import ui
from pages.ui.calendar.leave import whom_it_hits
from pages.ui.calendar.slots import opened_in_words
from pages.ui.dialog import dialog
from pages.ui.waits import unbroken

USUAL_MINUTES = 15
USUAL_DAYS = 14


def lines(week: Sequence[Hours]) -> list[str]:
    """ "**Mon to Fri** 9:00 AM–1:00 PM": neighbouring days with the same hours share a line."""
    found = []
    for text, group in groupby(range(7), lambda weekday: _as_read(week, weekday)):
        days = list(group)
        if text:
            found.append(f"**{_span(days[0], days[-1])}** {ui.plain(text)}")
    return found


def badges(of: DoctorWeek) -> list[str]:
    lengths = sorted({hours.slot_minutes for hours in of.week})
    found = [f":gray-badge[:material/timer: {say('{minutes} min', minutes=minutes)}]" for minutes in lengths]
    if of.open_until is None:
        return [*found, f":gray-badge[:material/event_busy: {say('No slots open')}]"]
    until = say("Slots until {day}", day=ui.clinic_day(of.open_until))
    return [*found, f":green-badge[:material/event_available: {until}]"]


def dialogs(weeks: Sequence[DoctorWeek]) -> None:
    """The one that is open, if any."""
    if of := next((one for one in weeks if one.doctor.doctor_id == ui.opened("hours.change")), None):
        title = say("Hours of {name}", name=ui.plain(of.doctor.name))
        st.dialog(title, icon=":material/schedule:", on_dismiss=ui.close_dialog)(_change)(of)
    if ui.opened("hours.open"):
        _open(weeks)
    if booked := ui.opened("hours.hit"):
        _hit(booked)


def _change(of: DoctorWeek) -> None:
    """A line for each weekday; what is typed is read only when it is saved."""
    name = f"hours_{of.doctor.doctor_id}"
    keys = [f"{ui.form_key(name)}_{weekday}" for weekday in range(7)]
    for weekday, key in enumerate(keys):
        st.session_state.setdefault(key, day_in_text(of.week, weekday))
    with st.form(ui.form_key(name), border=False, enter_to_submit=False):
        left, right = st.columns(2)
        days = [
            (left if weekday < 4 else right).text_input(ui.weekday(weekday), key=key, placeholder=say("off"))
            for weekday, key in enumerate(keys)
        ]
        usual = of.week[0].slot_minutes if of.week else USUAL_MINUTES
        minutes = right.number_input(say("Minutes for each slot"), 5, 240, usual, 5)
        st.caption(say("As 9-13, 14:30-17; empty where the doctor is off."))
        withdraw = st.checkbox(say("Take away free slots that no longer fit"), value=True)
        sent = st.form_submit_button(say("Save"), type="primary", shortcut="Ctrl+Enter", width="stretch")
        others = _working_days()
        st.form_submit_button(
            say("Copy Monday to the other working days"), icon=":material/content_copy:", type="tertiary",
            on_click=_copy_monday, args=[[keys[weekday] for weekday in others], keys[0]],
        )  # fmt: skip
    if sent:
        with ui.refusals_shown():
            week = scheduling.week_from_text(days, minutes)
            done = ui.act(name, scheduling.set_week, of.doctor.doctor_id, week, withdraw=withdraw)
            if done.booked:
                ui.open_dialog("hours.hit", done.booked)
            else:
                ui.close_dialog()
            ui.flash(_saved_in_words(of.doctor.name, done.withdrawn), "schedule")


def _saved_in_words(doctor: str, withdrawn: int) -> str:
    if withdrawn:
        return say_count(
            withdrawn,
            "Hours of {name} saved; {count} slot taken away. “Open slots” opens what is new.",
            "Hours of {name} saved; {count} slots taken away. “Open slots” opens what is new.",
            name=doctor,
        )
    return say("Hours of {name} saved. “Open slots” opens what is new.", name=doctor)


@dialog(later("Open slots"), icon=":material/more_time:", on_dismiss=ui.close_dialog)
def _open(weeks: Sequence[DoctorWeek]) -> None:
    """From the weekly hours, for all who have some unless fewer are chosen."""
    ready = {one.doctor.doctor_id: one.doctor.name for one in weeks if one.week}
    if without := [one.doctor.name for one in weeks if not one.week]:
        st.caption(say("Without weekly hours yet: {names}.", names=ui.plain(", ".join(without))))
    today = clock.today()
    with st.form(ui.form_key("open_from_hours"), border=False):
        chosen = st.multiselect(say("Doctors"), list(ready), list(ready), format_func=ready.__getitem__)
        left, right = st.columns(2)
        first_on = left.date_input(say("First day"), today, format=ui.day_format())
        last_on = right.date_input(say("Last day"), today + timedelta(days=USUAL_DAYS - 1), format=ui.day_format())
        st.caption(say("Leave is left out, and so is what is open already: doing it twice opens nothing twice."))
        sent = st.form_submit_button(say("Open slots"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent and first_on and last_on:
        with ui.refusals_shown():
            opened = ui.act("open_from_hours", scheduling.open_from_availability, chosen, first_on, last_on)
            ui.close_dialog()
            ui.flash(opened_in_words(opened), icon="more_time")


@dialog(later("Booked outside the new hours"), icon=":material/call:", on_dismiss=ui.close_dialog)
def _hit(booked: Sequence[SlotRecord]) -> None:
    st.markdown(say("Call these patients of **{doctor}**:", doctor=ui.plain(booked[0].doctor_name)))
    whom_it_hits(booked)


def _copy_monday(others: Sequence[str], monday: str) -> None:
    for key in others:
        st.session_state[key] = st.session_state[monday]


def _working_days() -> list[int]:
    """From Tuesday on, without the weekend of the clinic's country."""
    locale = ui.clinic().locale
    return [day for day in range(1, 7) if not locale.weekend_start <= day <= locale.weekend_end]


def _as_read(week: Sequence[Hours], weekday: int) -> str:
    """As the clinic writes times, where hours are typed in short: 9-13."""
    of_day = sorted(hours for hours in week if hours.weekday == weekday)
    return ", ".join(unbroken(f"{_on_the_clock(hours.starts)}–{_on_the_clock(hours.ends)}") for hours in of_day)


def _on_the_clock(at: time) -> str:
    return format_time(at, "short", locale=ui.clinic().locale)


def _span(first: int, last: int) -> str:
    begins, ends = ui.weekday(first, short=True), ui.weekday(last, short=True)
    return begins if first == last else say("{first} to {last}", first=begins, last=ends)
