"""Prescribing: what is prescribed, how much, by whom, and against which warnings. No patient and no clinical text."""

import streamlit as st

from core.analytics import charts, daily_summaries, medicines_per_month, overrides, prescribing
from core.permissions import Permission
from core.words import say
from pages import ui
from pages.ui.figures import dashboard
from pages.ui.figures.dashboard_card import asked, card
from pages.ui.figures.dashboard_tiles import Tile, share_of, summed, tiles

actor = ui.page(say("Prescribing"), Permission.ANALYSE)
view = dashboard.filters("A year", key="span")
days = dashboard.read(daily_summaries, **view.period)
if not days["prescriptions"].any():
    dashboard.nothing_to_show(say("prescriptions"), view)
before = dashboard.before(daily_summaries, view, days)
count = "{:,.0f}".format
tiles(
    [
        Tile(
            say("Prescriptions"),
            *summed(days, before, "prescriptions", count),
            say("by visit day"),
            say("Prescriptions of these days' visits that stand."),
        ),
        Tile(
            say("Overrides"),
            *share_of(days, before, "overridden_items", "prescribed_items"),
            say("of items"),
            say("Medicines prescribed although Qure warned of them; the doctor gave a reason."),
            less_is_better=True,
        ),
        Tile(
            say("Changed"),
            *summed(days, before, "prescriptions_changed", count),
            say("by visit day"),
            say("Prescriptions that were cancelled or replaced by another before they were handed over."),
            less_is_better=True,
        ),
        Tile(
            say("Sick notes"),
            *summed(days, before, "sick_notes", count),
            say("by visit day"),
            say("Sick notes issued for these days' visits and not cancelled."),
        ),
    ],
    columns=4,
)
of_doctors = {"prescribing": (prescribing, view.period)}
with st.grid(2, min_column_width=420):
    for name, question, chart, frames in (
        (
            "overrides_per_month",
            say("Which warnings are answered?"),
            charts.overrides_per_month,
            {"overrides": (overrides, view.period)},
        ),
        ("overrides_by_doctor", say("Who prescribes against warnings?"), charts.overrides_by_doctor, of_doctors),
        (
            "most_prescribed",
            say("What is prescribed most?"),
            charts.most_prescribed,
            {"medicines_per_month": (medicines_per_month, view.period)},
        ),
        ("antibiotics_by_doctor", say("Who prescribes antibiotics?"), charts.antibiotics_by_doctor, of_doctors),
        (
            "overridden_medicines",
            say("What is prescribed against warnings?"),
            charts.overridden_medicines,
            {"overrides": (overrides, view.period)},
        ),
        ("items_per_visit", say("How much is prescribed?"), charts.items_per_visit, of_doctors),
    ):
        card(name, asked(question, chart, **frames), view)
