"""Patients over time: who is new, who comes back, with what, and whether follow-ups are kept. Nobody is named."""

import streamlit as st

from core.analytics import charts, daily_summaries, diagnoses_per_month, patients_per_month, retention
from core.analytics.charts.patients import decided
from core.permissions import Permission
from core.words import say
from pages import ui
from pages.ui.figures import dashboard
from pages.ui.figures.dashboard_card import asked, card
from pages.ui.figures.dashboard_tiles import Tile, share_of, summed, tiles

actor = ui.page(say("Patients over time"), Permission.ANALYSE)
view = dashboard.filters("A year", key="span")
days = dashboard.read(daily_summaries, **view.period)
if not days["visits"].any():
    dashboard.nothing_to_show(say("completed visits"), view)
before = dashboard.before(daily_summaries, view, days)
count = "{:,.0f}".format
tiles(
    [
        Tile(say("Visits"), *summed(days, before, "visits", count), say("by visit day"), say("Completed visits.")),
        Tile(
            say("New patients"),
            *summed(days, before, "new_patients", count),
            say("by visit day"),
            say("Patients whose first completed visit lies in these days."),
        ),
        Tile(
            say("First visits"),
            *share_of(days, before, "new_patients", "visits"),
            say("of all visits"),
            say("First visits among all completed visits."),
        ),
        Tile(
            say("Kept"),
            *share_of(decided(days), before, "follow_ups_kept", "follow_ups_due"),
            say("of follow-ups"),
            say(
                "Follow-ups due on these days whose patient came within seven days before or after; the newest seven "
                "days are not decided."
            ),
        ),
    ],
    columns=4,
)
with st.grid(2, min_column_width=420):
    for name, question, chart, frames in (
        (
            "new_and_returning",
            say("Do patients come back?"),
            charts.new_and_returning,
            {"patients_per_month": (patients_per_month, view.period)},
        ),
        ("follow_ups", say("Are follow-ups kept?"), charts.follow_ups, {"summaries": (daily_summaries, view.period)}),
        ("retention", say("For how long do new patients stay?"), charts.retention, {"frame": (retention, view.period)}),
        (
            "diagnoses_over_time",
            say("What do patients come with?"),
            charts.diagnoses_over_time,
            {"diagnoses_per_month": (diagnoses_per_month, view.period)},
        ),
    ):
        card(name, asked(question, chart, **frames), view)
