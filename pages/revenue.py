"""Revenue: by day, doctor, kind and method; what was billed, received, given back and is still owed; and the bills."""

import streamlit as st

from core.analytics import (
    billed_by_kind,
    charts,
    daily_summaries,
    day_closes,
    receipts_by_method,
    receivables,
    refunds,
    revenue_by_doctor,
)
from core.permissions import Permission
from core.words import say
from pages import ui
from pages.ui.figures import dashboard, dashboard_bills
from pages.ui.figures.dashboard_card import asked, card
from pages.ui.figures.dashboard_tiles import Tile, outstanding, received, revenue, summed, tiles

actor = ui.page(say("Revenue"), Permission.ANALYSE)
view = dashboard.filters()
days = dashboard.read(daily_summaries, **view.period)
if not days["is_open"].any():
    dashboard.nothing_to_show(say("bills or payments"), view)
before = dashboard.before(daily_summaries, view, days)
tiles(
    [
        revenue(days, before),
        received(days, before),
        Tile(
            say("Refunds"),
            *summed(days, before, "refunded", dashboard.here().money_round),
            say("by day repaid"),
            say("Money given back on these days, whatever day its bill is of."),
            less_is_better=True,
        ),
        outstanding(),
    ],
    columns=4,
)
bars = dashboard_bills.bars_of(days, dashboard.read(revenue_by_doctor, **view.period))
period = view.period
each_day = {"summaries": (daily_summaries, period)} | (
    {"before": (daily_summaries, view.before)} if before is not None else {}
)
left, right = st.columns([3, 2])
with left:
    question = say("How much came in for the bills of each day?")
    card("revenue_per_day", asked(question, charts.revenue_per_day, **each_day), view, bars.day_clicked)
with right:
    question = say("Whose visits bring the revenue?")
    of_doctors = asked(question, charts.revenue_by_doctor, frame=(revenue_by_doctor, period))
    card("revenue_by_doctor", of_doctors, view, bars.doctor_clicked)
dashboard_bills.bills(bars)
with st.grid(2, min_column_width=420):
    for name, question, chart, frames in (
        (
            "from_billed_to_received",
            say("What became of what was billed?"),
            charts.from_billed_to_received,
            {"summaries": (daily_summaries, period)},
        ),
        ("billed_by_kind", say("What is billed for?"), charts.billed_by_kind, {"frame": (billed_by_kind, period)}),
        (
            "receipts_by_method",
            say("How is it paid?"),
            charts.receipts_by_method,
            {"frame": (receipts_by_method, period)},
        ),
        ("dues_by_age", say("How old is what is owed?"), charts.dues_by_age, {"receivables": (receivables, {})}),
        ("refunds_by_reason", say("Why is it given back?"), charts.refunds_by_reason, {"refunds": (refunds, period)}),
        (
            "cash_differences",
            say("Do the drawers hold what they should?"),
            charts.cash_differences,
            {"day_closes": (day_closes, period)},
        ),
    ):
        card(name, asked(question, chart, **frames), view)
of_refunds = asked(say("How much is given back?"), charts.refunds_per_day, summaries=(daily_summaries, period))
card("refunds_per_day", of_refunds, view)
