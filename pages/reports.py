"""What came in, who came and what was handed over, from the daily summaries; nobody is named."""

from datetime import timedelta

import streamlit as st

from core import clock
from core.analytics import charts, clinic, daily_summaries, freshness, receipts_by_method, revenue_by_doctor
from core.permissions import Permission
from pages import ui

PERIODS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "A year"}

actor = ui.page("Reports", Permission.ANALYSE)
left, right = st.columns([3, 2], vertical_alignment="center")
days = left.segmented_control(
    "Period", list(PERIODS), default=30, format_func=PERIODS.get, required=True, key="days", bind="query-params"
)
right.caption(freshness().in_words(clock.now()), text_alignment="right")

last = clock.today()
first = last - timedelta(days=days - 1)
summaries = daily_summaries(first, last)
before = daily_summaries(first - timedelta(days=days), first - timedelta(days=1))
here = clinic()
money = here.money_round
TILES = [
    ("Revenue", "revenue", money, "Paid for bills of these days, less refunds, by the day of the bill"),
    ("Received", "received", money, "Money that came in on these days, by the day it was paid"),
    ("Visits", "visits", "{:,.0f}".format, "Completed visits"),
    ("Medicines handed over", "medicines_dispensed", "{:,.0f}".format, "Units, by the day they were handed over"),
]


def tiles() -> None:
    for column, (title, name, told, basis) in zip(st.columns(len(TILES)), TILES, strict=True):
        now, then = float(summaries[name].sum()), float(before[name].sum())
        known = len(before) == days and then  # else the clinic is younger than the period before
        change = f"{round(100 * (now - then) / then):+d} %" if known else None
        trend = summaries[name].tolist() if len(summaries) > 1 else None
        with column:
            st.metric(
                title,
                told(now),
                change,
                delta_description="on the period before" if change else None,
                help=basis,
                border=True,
                chart_data=trend,
                chart_type="bar",
                height="stretch",
            )


def tables() -> None:
    by_doctor, by_method = revenue_by_doctor(first, last), receipts_by_method(first, last)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("By doctor", anchor=False)
        totals = by_doctor.groupby("doctor", as_index=False)[["visits", "invoices", "billed", "revenue"]].sum()
        rows = [
            {
                "Doctor": row.doctor or "Bills without a visit",
                "Visits": row.visits,
                "Bills": row.invoices,
                "Billed": here.money(row.billed),
                "Revenue": here.money(row.revenue),
            }
            for row in totals.sort_values("revenue", ascending=False).itertuples()
        ]
        ui.table(rows, "No visits or bills in this period.", "stethoscope")
    with right:
        st.subheader("Received by method", anchor=False)
        sums = by_method.groupby("method")["amount"].sum().sort_values(ascending=False)
        rows = [
            {"Method": "UPI" if method == "UPI" else method.capitalize(), "Received": here.money(amount)}
            for method, amount in sums.items()
        ]
        ui.table(rows, "No payments in this period.", "payments")


tiles()
for chart in (
    charts.revenue_per_day(summaries, here),
    charts.visits_per_day(summaries),
    charts.medicines_per_day(summaries),
):
    with st.container(border=True):
        st.plotly_chart(chart, width="stretch", config={"displaylogo": False})
tables()
st.download_button(
    "Daily figures as CSV",
    lambda: summaries.to_csv().encode(),
    file_name=f"qure-daily-{first}-{last}.csv",
    mime="text/csv",
    icon=":material/download:",
)
