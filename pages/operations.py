"""Operations: who came and when, how long they waited, what became of appointments, slots and doctors' time."""

import streamlit as st

from core.analytics import charts, daily_summaries, waiting_times
from core.permissions import Permission
from core.words import later, say
from pages import ui
from pages.ui.figures import dashboard
from pages.ui.figures.dashboard_card import asked, card
from pages.ui.figures.dashboard_tiles import Tile, share_of, summed, tiles

actor = ui.page(say("Operations"), Permission.ANALYSE)
view = dashboard.filters()
days = dashboard.read(daily_summaries, **view.period)
if not days["is_open"].any():
    dashboard.nothing_to_show(say("arrivals or appointments"), view)
before = dashboard.before(daily_summaries, view, days)
tiles(
    [
        Tile(
            say("Arrivals"),
            *summed(days, before, "arrivals", "{:,.0f}".format),
            say("by arrival day"),
            say("Tokens given out, with an appointment or without."),
        ),
        Tile(
            say("Left unseen"),
            *share_of(days, before, "left", "arrivals"),
            say("of arrivals"),
            say("Tokens called in vain or never, of all that were given out."),
            less_is_better=True,
        ),
        Tile(
            say("No-shows"),
            *share_of(days, before, "no_shows", "appointments"),
            say("of bookings"),
            say("Appointments to which nobody came, by the day of the appointment; cancelled ones do not count."),
            less_is_better=True,
        ),
        Tile(
            say("Slots used"),
            *share_of(days, before, "appointments", "slots"),
            say("of open slots"),
            say("Slots that were booked and not cancelled, by the day of the slot; closed ones do not count."),
        ),
    ],
    columns=4,
)
of_days = {"summaries": (daily_summaries, view.period)}
with st.grid(2, min_column_width=420):
    card("arrivals_per_day", asked(say("How many come?"), charts.arrivals_per_day, **of_days), view)
    card("no_shows", asked(say("Are appointments kept?"), charts.no_shows, **of_days), view)

lately = view.latest
with st.container(horizontal=True, vertical_alignment="bottom"):
    with st.container(gap="small", width="stretch"):
        st.subheader(say("Waiting and consulting"), anchor=False)
        if days.index.min().date() < lately.first:
            st.caption(
                say(
                    "Of the last year, since {first}: older waits staff nobody today.",
                    first=ui.clinic_day(lately.first),
                )
            )
    seen = dashboard.read(waiting_times, **lately.period)
    doctors = sorted(str(name) for name in seen["doctor"].unique() if name)
    doctor = dashboard.one_or_all(say("Doctor"), later("All doctors"), doctors, "doctor")
whose = {} if doctor == dashboard.ALL else {"doctor": doctor}
of_waits = {"waits": (waiting_times, lately.period | whose)}
with st.grid(2, min_column_width=420):
    for name, question, chart in (
        ("waits_by_hour", say("When is the wait long?"), charts.waits_by_hour),
        ("waits_per_day", say("Does the wait grow?"), charts.waits_per_day),
        ("queue_heat_map", say("When is the waiting room full?"), charts.queue_heat_map),
        ("forecast_coverage", say("Does the wait that is said hold?"), charts.forecast_coverage),
    ):
        card(name, asked(question, chart, **of_waits), lately)
    pace = asked(
        say("How long does a consultation take?"),
        charts.doctor_pace,
        waits=(waiting_times, lately.period),
        doctor=None if doctor == dashboard.ALL else doctor,
    )
    card("doctor_pace", pace, lately)
    card("slot_use", asked(say("How full is the calendar?"), charts.slot_use, **of_days), view)
