"""At a glance: six numbers with their course, three figures, and the way to the other dashboards. Nobody is named."""

import streamlit as st

from core.analytics import charts, daily_summaries
from core.permissions import Permission
from core.words import say
from pages import ui
from pages.ui.figures import dashboard
from pages.ui.figures.dashboard_card import asked, card
from pages.ui.figures.dashboard_tiles import Tile, outstanding, received, revenue, summed, tiles

actor = ui.page(say("At a glance"), Permission.ANALYSE)
view = dashboard.filters()
days = dashboard.read(daily_summaries, **view.period)
if not days["is_open"].any():
    dashboard.nothing_to_show(say("visits or bills"), view)
before = dashboard.before(daily_summaries, view, days)
count = "{:,.0f}".format

tiles(
    [
        revenue(days, before),
        received(days, before),
        outstanding(),
        Tile(say("Visits"), *summed(days, before, "visits", count), say("by visit day"), say("Completed visits.")),
        Tile(
            say("New patients"),
            *summed(days, before, "new_patients", count),
            say("by visit day"),
            say("Patients whose first completed visit lies in these days."),
        ),
        Tile(
            say("Medicines"),
            *summed(days, before, "medicines_dispensed", count),
            say("by day given"),
            say("Units handed over; what came back is not taken off."),
        ),
    ]
)
with st.container(horizontal=True):
    for address in ("revenue", "operations", "stock-report", "patients-report", "prescribing"):
        ui.link(address)
of_days = {"summaries": (daily_summaries, view.period)}
card(
    "revenue_per_day",
    asked(say("How much came in for the bills of each day?"), charts.revenue_per_day, **of_days),
    view,
)
with st.grid(2, min_column_width=420):
    card("visits_per_day", asked(say("How many visits are there?"), charts.visits_per_day, **of_days), view)
    card("medicines_per_day", asked(say("How much is handed over?"), charts.medicines_per_day, **of_days), view)
