"""Reception: who is to be reminded of tomorrow's appointment, each with a message to copy."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from core import clock, scheduling
from core.permissions import Permission
from core.scheduling import Reminder
from core.words import say
from pages import ui
from pages.ui.calendar import reminding

actor = ui.page(say("Reminders"), Permission.BOOK)


def head(day: date, reminders: Sequence[Reminder], to_do: int, shown: dict[int, int]) -> None:
    """How far it is, and the two buttons for all of them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        done = sum(reminder.appointment.reminded_at is not None for reminder in reminders)
        counts = say("{booked} booked · {reminded} reminded", booked=len(reminders), reminded=done)
        st.markdown(f"**{ui.full_day(day)}** :gray[· {counts}]", width="stretch")
        st.download_button(
            "CSV", lambda: reminding.as_csv(reminders), f"reminders-{day}.csv", "text/csv",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        if to_do and st.button(
            say("Mark {count} as reminded", count=to_do), key=ui.form_key("remind_all"), type="primary",
            shortcut="Ctrl+Enter", icon=":material/done_all:",
        ):  # fmt: skip
            reminding.mark("remind_all", shown)


tomorrow = clock.today() + timedelta(days=1)
day = st.date_input(
    say("Day"), tomorrow, clock.today(), key="on", format=ui.day_format(), bind="query-params", required=True,
    label_visibility="collapsed", width=150,
)  # fmt: skip
with ui.reading() as session:
    found = scheduling.list_reminders(session, actor, day)
to_do = [reminder for reminder in found if not reminder.appointment.reminded_at]
reachable = [reminder for reminder in to_do if reminder.appointment.phone]
shown = reminding.before_the_eyes(reachable)
if not found:
    ui.empty(say("Nobody is booked for {day}.", day=ui.full_day(day)), "event_available")
else:
    head(day, found, len(reachable), shown)
    if not reachable:
        ui.empty(say("Everybody who has a phone number has been reminded."), "done_all")
    for reminder in reachable:
        reminding.row(reminder, shown)
    reminding.without_phone([reminder for reminder in to_do if not reminder.appointment.phone])
    reminding.reminded([reminder for reminder in found if reminder.appointment.reminded_at])
