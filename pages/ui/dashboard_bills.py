"""From a bar to its bills: a day (week, month) or a doctor, chosen by a click on a figure or from a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from core.analytics import invoices
from core.analytics.charts.steps import step_for
from core.billing import InvoiceState
from core.words import later, say
from pages.ui import dashboard
from pages.ui.dashboard import View
from pages.ui.dashboard_card import clicked
from pages.ui.dashboard_tables import day_column, money_column, table
from pages.ui.show import clinic_day, empty, told

ALL_DAYS, ALL_DOCTORS, NO_VISIT = later("All days"), later("All doctors"), later("Bills without a visit")
MOST_DAYS = 93  # a list of more is no list


@dataclass(frozen=True)
class Bars:
    """What the figures' bars stand for: days by the words of the list, doctors in the order they are drawn."""

    days: tuple[date, date]
    named: str  # before the first day of a bar
    periods: dict[str, tuple[date, date]]
    doctors: Sequence[str]

    def day_clicked(self) -> None:
        if mark := clicked("revenue_per_day"):
            words = f"{self.named}{clinic_day(date.fromisoformat(str(mark['x'])[:10]))}"
            st.session_state["bills_of"] = words if words in self.periods else ALL_DAYS

    def doctor_clicked(self) -> None:
        mark = clicked("revenue_by_doctor")
        if mark and int(mark["y"]) < len(self.doctors):
            st.session_state["bills_by"] = self.doctors[int(mark["y"])] or NO_VISIT


def bars_of(days: pd.DataFrame, by_doctor: pd.DataFrame) -> Bars:
    """Takes `daily_summaries()` and `revenue_by_doctor()` of the same days."""
    step = step_for(pd.DatetimeIndex(days.index))
    starts = [start.date() for start in step.starts(pd.DatetimeIndex(days.index)).unique()]
    first, last = days.index.min().date(), days.index.max().date()
    ends = [*(start - timedelta(days=1) for start in starts[1:]), last]
    named = {"day": "", "week": say("Week from "), "month": say("Month from ")}[step.name]
    periods = {f"{named}{clinic_day(start)}": (max(start, first), end) for start, end in zip(starts, ends, strict=True)}
    totals = by_doctor.groupby("doctor")[["revenue", "billed", "visits"]].sum().sort_values("revenue", ascending=False)
    return Bars((first, last), named, periods, [str(name) for name in totals.index])


def bills(bars: Bars) -> None:
    """The choice and, once there is one, the bills behind it; nobody is named."""
    st.subheader(say("Bills"), anchor=False)
    with st.container(horizontal=True):
        days = [ALL_DAYS, *reversed(bars.periods)]
        day = st.selectbox(say("Day"), days, key="bills_of", bind="query-params", width=260)
        doctors = [ALL_DOCTORS, *(name or NO_VISIT for name in bars.doctors)]
        doctor = st.selectbox(say("Doctor"), doctors, key="bills_by", bind="query-params", width=320)
    if day == ALL_DAYS and doctor == ALL_DOCTORS:
        empty(say("Click a bar above, or choose a day or a doctor: the bills behind it are listed here."), "touch_app")
        return
    first, last = bars.periods.get(day, bars.days)
    if (last - first).days >= MOST_DAYS:
        empty(say("Choose a day, a week or a month as well: so many bills fit no list."), "date_range")
        return
    wanted = {} if doctor == ALL_DOCTORS else {"doctor": "" if doctor == NO_VISIT else doctor}
    found = dashboard.read(invoices, first=first, last=last, **wanted)
    found = found.assign(state=[told(InvoiceState(state))[0] for state in found["state"]])
    due = dashboard.here().money(found["due"].sum())
    count = f"{len(found):,} bill{'' if len(found) == 1 else 's'}"
    title = say(
        "{count} · {found} billed · {due} due", count=count, found=dashboard.here().money(found["total"].sum()), due=due
    )
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
    table("bills", title, found, columns, View(first, last, False), say("No bill of this choice."))
