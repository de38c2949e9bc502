"""The reminders of a day, as rows with a message to copy and as a file for a program that sends messages."""

from collections.abc import Sequence

import streamlit as st

from core import clock, scheduling, spreadsheet
from core.scheduling import Reminder
from core.words import say
from pages import ui

_SHOWN = "reminders_shown"


def before_the_eyes(reminders: Sequence[Reminder]) -> dict[int, int]:
    """Appointment and slot of those who were on the screen when the click was made. The click itself comes with a run
    that reads anew, and whoever was booked or moved in between has not been reminded."""
    shown: dict[int, int] = st.session_state.get(_SHOWN, {})
    st.session_state[_SHOWN] = {one.appointment.appointment_id: one.appointment.slot_id for one in reminders}
    return shown


def mark(name: str, slots: dict[int, int]) -> None:
    with ui.refusals_shown():
        done = ui.act(name, scheduling.mark_reminded, slots)
        told = say("{count} marked as reminded", count=done.marked)
        if done.left_out:
            left_out = {"marked": done.marked, "left": done.left_out}
            told = say("{marked} marked as reminded; {left} changed meanwhile and left out", **left_out)
        ui.flash(told, icon="done_all")


def as_csv(reminders: Sequence[Reminder]) -> bytes:
    """Everybody of the list, those without a phone too."""
    return spreadsheet.csv(
        ("date", "time", "patient", "mrn", "phone", "doctor", "reminded", "message"), map(_cells, reminders)
    )


def _cells(reminder: Reminder) -> tuple[object, ...]:
    booked = reminder.appointment
    at, reminded_at = clock.local(booked.starts_at), booked.reminded_at and clock.local(booked.reminded_at)
    phone = booked.phone.removeprefix("+")  # digits alone
    who = (booked.patient_name, booked.mrn, phone, booked.doctor_name)
    return at.date(), f"{at:%H:%M}", *who, reminded_at, reminder.message


def row(reminder: Reminder, shown: dict[int, int]) -> None:
    """Whose, and the message with its copy button."""
    booked = reminder.appointment
    with st.container(border=True):
        who, message, done = st.columns([3, 5, 3], vertical_alignment="center")
        who.markdown(person(reminder))
        message.code(reminder.message, language=None, wrap_lines=True)
        name = f"remind_{booked.appointment_id}"
        if done.button(say("Mark as reminded"), key=ui.form_key(name), icon=":material/done:", width="stretch"):
            mark(name, {key: slot for key, slot in shown.items() if key == booked.appointment_id})


def person(reminder: Reminder) -> str:
    booked = reminder.appointment
    facts = f"{booked.phone or say('No phone')} · {booked.doctor_name}"
    return f"**{ui.clock_time(booked.starts_at)}** {ui.plain(booked.patient_name)}  \n:small[:gray[{ui.plain(facts)}]]"


def without_phone(found: Sequence[Reminder]) -> None:
    if found:
        lines = [say("No phone number, so nobody can remind them:"), *map(person, found)]
        st.warning("  \n".join(lines), icon=":material/phone_disabled:")


def reminded(found: Sequence[Reminder]) -> None:
    """Folded away; a mark that was set by mistake is taken back."""
    if not found:
        return
    with st.expander(say("Reminded: {count}", count=len(found)), icon=":material/done_all:"):
        for reminder in found:
            booked = reminder.appointment
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{person(reminder)} :small[:gray[· {ui.moment(booked.reminded_at)}]]", width="stretch")
                name = f"unremind_{booked.appointment_id}"
                if st.button(say("Take back"), key=ui.form_key(name), icon=":material/undo:", type="tertiary"):
                    with ui.refusals_shown():
                        ui.act(name, scheduling.forget_reminder, booked.appointment_id)
                        ui.flash(say("{name} is to be reminded again", name=booked.patient_name), icon="undo")
