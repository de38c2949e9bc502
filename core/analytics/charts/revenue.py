"""Revenue: what was paid and kept, by day and by doctor."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import counted
from core.analytics.charts.counted import Count
from core.analytics.charts.language import (
    ACCENT,
    GREY,
    MOST,
    Bar,
    doctor_colour,
    framed,
    keyed,
    lying_bars,
    money_axis,
    nothing,
)
from core.analytics.charts.steps import MONTH, Step, finished, pairs, stepped
from core.analytics.charts.timeline import mean_key, time_bars
from core.analytics.charts.words import against, course, money_short, money_unit, percent, shortened
from core.analytics.feed import ClinicInfo
from core.words import say, say_count


def revenue_per_day(summaries: pd.DataFrame, clinic: ClinicInfo, before: pd.DataFrame | None = None) -> go.Figure:
    """Bars of `revenue` with their mean. Takes `daily_summaries()`, and `before` those of the period before: a grey
    line of what the same weekday brought then."""
    totals, step = stepped(summaries, ["revenue", "invoices"])
    unit = money_unit(say("Paid for bills less refunds, {note}", note=step.note), clinic, by_invoice())
    if totals.empty:
        return nothing(say("Revenue"), unit)
    then = _same_weekday(totals, before, step)
    sentences = [
        _brought(step.when(day), row, clinic, then[day] if day in then.index else None) for day, row in pairs(totals)
    ]
    known = finished(totals["revenue"], summaries)
    figure = time_bars(totals["revenue"], step, sentences, known=known)
    then_named = say("Same month before") if step is MONTH else say("Same weekday before")
    if len(then):
        line = {"color": GREY, "width": 1.5, "dash": "dot"}
        figure.add_scatter(x=then.index, y=then.to_numpy(), name=then_named, mode="lines", line=line, hoverinfo="skip")
    key = [*mean_key(known, step), *([keyed("┅", then_named)] if len(then) else [])]
    framed(figure, _revenue_finding(summaries, known, before, step, clinic), unit, key=key)
    return money_axis(figure, clinic, [*totals["revenue"], *then])


def _brought(when: str, row: Any, clinic: ClinicInfo, then: float | None) -> str:
    told = {
        "when": when,
        "invoices": say_count(Count(row.invoices), "{count} bill", "{count} bills"),
        "money": clinic.money(row.revenue),
    }
    if then is None:
        return say("{when} {invoices} brought {money}.", **told)
    return say(
        "{when} {invoices} brought {money}, against {then} in the period before.", **told, then=clinic.money(then)
    )


def by_invoice() -> str:
    return say("by date of the bill")


def _revenue_finding(
    summaries: pd.DataFrame,
    known: "pd.Series[float]",
    before: pd.DataFrame | None,
    step: Step,
    clinic: ClinicInfo,
) -> str:
    """Of the days that are over, beside as many of the period before."""
    days = finished(summaries["revenue"], summaries)
    number, now = len(days), float(days.sum())
    then = 0.0 if before is None else float(before["revenue"].iloc[:number].sum())
    if before is None or len(before) < len(summaries) or not then > 0:
        return course(say("Revenue"), known, step, clinic.money_round)
    said = say("Revenue: {money} in {days}", money=clinic.money_round(now), days=counted.days(number))
    as_many = (
        say_count(number, "the {count} day before", "the {count} days before")
        if number == len(before)
        else say_count(number, "the first day of the period before", "the first {count} days of the period before")
    )
    return against(said, now, then, as_many)


def _same_weekday(totals: pd.DataFrame, before: pd.DataFrame | None, step: Step) -> "pd.Series[float]":
    """The period before, moved onto this one by whole weeks (months where it is drawn by month)."""
    if before is None or before.empty:
        return pd.Series(dtype="float64")
    then = stepped(before, ["revenue"], step)[0]["revenue"]
    if then.empty:
        return then
    apart = totals.index.min() - then.index.min()
    if step is MONTH:
        then.index = then.index + pd.DateOffset(months=round(apart.days / 30.44))
    else:
        then.index = then.index + pd.Timedelta(days=7 * round(apart.days / 7))
    return then[then.index.isin(totals.index) & (then != 0)]  # the line goes on over closed days


def revenue_by_doctor(frame: pd.DataFrame, clinic: ClinicInfo, doctor: str | None = None) -> go.Figure:
    """Lying bars of revenue, fainter behind them what was billed; `doctor` is the one to point out. Takes
    `revenue_by_doctor()`."""
    unit = money_unit(say("Revenue, fainter what was billed"), clinic, by_invoice())
    sums = frame.groupby("doctor")[["revenue", "billed", "visits"]].sum()
    totals, rest = top(sums, "revenue"), others(len(sums))
    total = float(totals["revenue"].sum())
    if totals.empty or not totals[["revenue", "billed"]].to_numpy().any():
        return nothing(say("Revenue by doctor"), unit)
    bars = [
        Bar(
            name or say("Without a visit"),
            row.revenue,
            money_short(clinic, row.revenue),
            say(
                "{who} brought {revenue} of {billed} billed, with {visits}.",
                who=name or say("Bills without a visit"),
                revenue=clinic.money(row.revenue),
                billed=clinic.money(row.billed),
                visits=counted.visits(row.visits),
            ),
            ACCENT if name == doctor else doctor_colour("" if name == rest else name),
            row.billed,
        )
        for name, row in pairs(totals)
    ]
    name = doctor if doctor is not None and doctor in totals.index else str(totals.index[0])
    brought = float(totals["revenue"].loc[name])
    told = {"who": shortened(name, 26) or say("Bills without a visit"), "money": clinic.money_round(brought)}
    finding = (
        say("Revenue by doctor: {who} brought {money}, {percent} of all", **told, percent=percent(brought / total))
        if total > 0 and len(bars) > 1
        else say("Revenue by doctor: {who} brought {money}", **told)
    )
    return lying_bars(bars, finding, unit)


def others(number: int, most: int = MOST) -> str:
    """What a row is called that sums up whoever is beyond the first ones."""
    return say_count(number - most, "{count} other", "{count} others")


def top(totals: pd.DataFrame, by: str, most: int = MOST) -> pd.DataFrame:
    """The largest first; who is beyond the first fifteen is summed up in a last row, "12 others"."""
    ordered = totals.sort_values(by, ascending=False)
    if len(ordered) <= most + 1:
        return ordered
    rest = ordered.iloc[most:].sum().to_frame(others(len(ordered), most)).T.astype(ordered.dtypes)
    return pd.concat([ordered.iloc[:most], rest])
