"""From a bar to its bills: a day (week, month) or a doctor, chosen by a click on a figure or from a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from core.analytics import invoices
from core.analytics.charts.steps import step_for
from core.billing import InvoiceState
from core.words import ENGLISH, later, read_in, say, say_count
from pages.ui.figures import dashboard
from pages.ui.figures.dashboard import ALL, View, one_or_all
from pages.ui.figures.dashboard_card import clicked
from pages.ui.figures.dashboard_tables import day_column, money_column, table
from pages.ui.show import clinic_day, empty, told

_STARTING = {"day": "{day}", "week": later("Week from {day}"), "month": later("Month from {day}")}
MOST_DAYS = 93  # a list of more is no list


@dataclass(frozen=True)
class Bars:
    """What the figures' bars stand for: first and last day by the first one, doctors in the order they are drawn."""

    days: tuple[date, date]
    step: str
    periods: dict[str, tuple[date, date]]
    doctors: Sequence[str]

    def named(self, start: str) -> str:
        """The days of a bar as people say them."""
        return say("All days") if start == ALL else say(_STARTING[self.step], day=clinic_day(date.fromisoformat(start)))

    def day_clicked(self) -> None:
        if mark := clicked("revenue_per_day"):
            start = str(mark["x"])[:10]
            st.session_state["bills_of"] = start if start in self.periods else ALL

    def doctor_clicked(self) -> None:
        mark = clicked("revenue_by_doctor")
        if mark and int(mark["y"]) < len(self.doctors):
            st.session_state["bills_by"] = self.doctors[int(mark["y"])]


def bars_of(days: pd.DataFrame, by_doctor: pd.DataFrame) -> Bars:
    """Takes `daily_summaries()` and `revenue_by_doctor()` of the same days."""
    step = step_for(pd.DatetimeIndex(days.index))
    starts = [start.date() for start in step.starts(pd.DatetimeIndex(days.index)).unique()]
    first, last = days.index.min().date(), days.index.max().date()
    ends = [*(start - timedelta(days=1) for start in starts[1:]), last]
    periods = {start.isoformat(): (max(start, first), end) for start, end in zip(starts, ends, strict=True)}
    totals = by_doctor.groupby("doctor")[["revenue", "billed", "visits"]].sum().sort_values("revenue", ascending=False)
    return Bars((first, last), step.name, periods, [str(name) for name in totals.index])


def bills(bars: Bars) -> None:
    """The choice and, once there is one, the bills behind it; nobody is named."""
    st.subheader(say("Bills"), anchor=False)
    with st.container(horizontal=True):
        days = [ALL, *reversed(bars.periods)]
        day = st.selectbox(say("Day"), days, format_func=bars.named, key="bills_of", bind="query-params", width=260)
        doctor = one_or_all(
            say("Doctor"),
            later("All doctors"),
            bars.doctors,
            "bills_by",
            nameless=later("Bills without a visit"),
            width=320,
        )
    if day == doctor == ALL:
        empty(say("Click a bar above, or choose a day or a doctor: the bills behind it are listed here."), "touch_app")
        return
    first, last = bars.periods.get(day, bars.days)
    if (last - first).days >= MOST_DAYS:
        empty(say("Choose a day, a week or a month as well: so many bills fit no list."), "date_range")
        return
    wanted = {} if doctor == ALL else {"doctor": doctor}
    found = dashboard.read(invoices, first=first, last=last, **wanted)
    with read_in(ENGLISH):  # which files keep
        found = found.assign(state=[told(InvoiceState(state))[0] for state in found["state"]])
    columns = {
        "number": say("Bill"),
        "date": day_column(say("Day")),
        "doctor": say("Doctor"),
        "state": say("State"),
        "total": money_column(say("Total")),
        "paid": money_column(say("Paid")),
        "refunded": money_column(say("Refunded")),
        "due": money_column(say("Due")),
    }
    nothing = say("No bill of this choice.")
    table("bills", _title(found), found, columns, View(first, last, False), nothing, said=("state",))


def _title(found: pd.DataFrame) -> str:
    money = dashboard.here().money
    return say_count(
        len(found),
        "{count:,} bill · {billed} billed · {due} due",
        "{count:,} bills · {billed} billed · {due} due",
        billed=money(found["total"].sum()),
        due=money(found["due"].sum()),
    )
