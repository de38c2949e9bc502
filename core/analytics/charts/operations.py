"""How the clinic ran: who came, who did not, and how its slots were used. Waits are in `waits`."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import counted, dated
from core.analytics.charts.intervals import RUN, Control, wilson, xmr
from core.analytics.charts.language import (
    ACCENT,
    GREY,
    SENTENCE,
    SOFT,
    Bar,
    framed,
    keyed,
    laid_out,
    lying_bars,
    nothing,
    number_axis,
)
from core.analytics.charts.steps import MONTH, WEEK, Step, finished, pairs, step_for, stepped
from core.analytics.charts.timeline import mean_key, on_time, time_bars
from core.analytics.charts.words import course, hover, percent
from core.words import later, say

_TOO_FEW = {
    "week": later("too few weeks yet to tell change from noise"),
    "month": later("too few months yet to tell change from noise"),
}
_NOISE = {
    "week": later("what changes from week to week is noise"),
    "month": later("what changes from month to month is noise"),
}
_IN_A_ROW = {"week": later("{number} or more weeks in a row"), "month": later("{number} or more months in a row")}


def visits_per_day(summaries: pd.DataFrame) -> go.Figure:
    """Bars of completed `visits` with their mean. Takes `daily_summaries()`."""
    totals, step = stepped(summaries, ["visits", "patients"])
    unit = say("Completed visits {note}, by day of the visit", note=step.note)
    if totals.empty:
        return nothing(say("Visits"), unit)
    sentences = [
        say(
            "{when} there were {visits} of {patients}.",
            when=step.when(day),
            visits=counted.visits(row.visits),
            patients=counted.patients(row.patients),
        )
        for day, row in pairs(totals)
    ]
    known = finished(totals["visits"], summaries)
    figure = time_bars(totals["visits"], step, sentences, known=known)
    finding = course(say("Visits"), known, step, counted.mean)
    return number_axis(framed(figure, finding, unit, key=mean_key(known, step)), list(totals["visits"]))


def arrivals_per_day(summaries: pd.DataFrame) -> go.Figure:
    """Bars of tokens given out, darker those who left unseen, with their mean. Takes `daily_summaries()`."""
    totals, step = stepped(summaries, ["arrivals", "left"])
    unit = say("Tokens given out {note}, by day of arrival", note=step.note)
    if totals.empty:
        return nothing(say("Arrivals"), unit)
    sentences = [
        say(
            "{when} {came} came and {left} left unseen.",
            when=step.when(day),
            came=counted.patients(row.arrivals),
            left=counted.patients(row.left),
        )
        for day, row in pairs(totals)
    ]
    known = finished(totals["arrivals"], summaries)
    figure = time_bars(totals["arrivals"], step, sentences, known=known)
    left = {"x": totals.index, "y": totals["left"].to_numpy(), "width": step.width_ms, "marker_color": GREY}
    laid_out(figure.add_bar(**left, hoverinfo="skip"), barmode="overlay")
    came, gone = int(summaries["arrivals"].sum()), int(summaries["left"].sum())
    finding = course(say("Arrivals"), known, step, counted.mean)
    if gone and came:
        finding = say("{said}; {percent} left unseen", said=finding, percent=percent(gone / came))
    key = [*mean_key(known, step), *([keyed("■", say("Left unseen"), GREY)] if gone else [])]
    return number_axis(framed(figure, finding, unit, key=key), list(totals["arrivals"]))


def no_shows(summaries: pd.DataFrame) -> go.Figure:
    """An XmR control chart of the share of appointments that nobody came to, by week, over 1,100 days by month. Takes
    `daily_summaries()`.

    Says change or noise: a point beyond the limits, or eight or more in a row on one side of the mean, is a change.
    """
    step = MONTH if step_for(pd.DatetimeIndex(summaries.index)) is MONTH else WEEK
    totals, _ = stepped(summaries, ["appointments", "no_shows"], step)
    totals = totals[totals["appointments"] > 0]
    unit = say("Share of appointments that nobody came to, {note}, by day of the appointment", note=step.note)
    if totals.empty:
        none_yet = say("there is no whole month yet") if step is MONTH else say("there is no whole week yet")
        return nothing(say("No-shows"), f"{unit}; {none_yet}")
    share = totals["no_shows"] / totals["appointments"]
    control = xmr(share)
    figure = _control_chart(share, control)
    sentences = [
        hover(
            say(
                "{when} nobody came to {percent} of {appointments}: {verdict}.",
                when=step.when(day),
                percent=percent(row.no_shows / row.appointments),
                appointments=counted.appointments(row.appointments),
                verdict=say("a change") if changed else say("noise"),
            )
        )
        for (day, row), changed in zip(pairs(totals), control.change, strict=True)
    ]
    figure.update_traces(customdata=sentences, hovertemplate=SENTENCE, selector={"mode": "lines+markers"})
    enough = len(share) >= RUN
    key = (
        [keyed("●", say("A change"), ACCENT), keyed("●", say("Noise")), keyed("┅", say("Limits of noise"))]
        if enough
        else []
    )
    framed(on_time(figure, totals.index, step), _control_finding(totals, share, control, step), unit, key=key)
    high = max(float(share.max()), min(control.high, 1.0) if enough else 0.0)
    return number_axis(figure, [high], percent)


def _control_chart(share: "pd.Series[float]", control: Control) -> go.Figure:
    figure = go.Figure()
    if len(share) >= RUN:
        for level, dash, width in ((control.mean, "solid", 1), (control.low, "dot", 1.5), (control.high, "dot", 1.5)):
            if 0 <= level <= 1:
                figure.add_hline(level, line={"color": GREY, "width": width, "dash": dash})
    figure.add_scatter(
        x=share.index,
        y=share.to_numpy(),
        mode="lines+markers",
        line={"color": SOFT, "width": 2},
        marker={"size": [10 if changed else 6 for changed in control.change]}
        | {"color": [ACCENT if changed else GREY for changed in control.change], "opacity": 1},
    )
    return figure


def _control_finding(totals: pd.DataFrame, share: "pd.Series[float]", control: Control, step: Step) -> str:
    of_all = percent(totals["no_shows"].sum() / totals["appointments"].sum())
    number = counted.appointments(totals["appointments"].sum())
    usual = say("No-shows: {percent} of {appointments}", percent=of_all, appointments=number)
    if len(share) < RUN:
        return f"{usual}; {say(_TOO_FEW[step.name])}"
    if not control.change.any():
        return f"{usual}; {say(_NOISE[step.name])}"
    last = int(control.change.nonzero()[0][-1])
    start = share.index[last]
    when = dated.month(start) if step is MONTH else say("the week of {day}", day=dated.long_day(start))
    if not control.in_run[last]:
        rate = percent(share.iloc[last])
        return say("{said}; {percent} in {when} is a change, not noise", said=usual, percent=rate, when=when)
    run = say(_IN_A_ROW[step.name], number=RUN)
    above = share.iloc[last] > control.mean
    if last == len(share) - 1:
        since = say("now {run} above the mean", run=run) if above else say("now {run} below the mean", run=run)
    else:
        told = {"when": when, "run": run}
        since = (
            say("until {when} {run} above the mean", **told)
            if above
            else say("until {when} {run} below the mean", **told)
        )
    return say("{said}; a change, not noise: {since}", said=usual, since=since)


def slot_use(summaries: pd.DataFrame) -> go.Figure:
    """The share of slots that were booked by weekday, with its Wilson interval. Takes `daily_summaries()`."""
    unit = say("Share of open slots booked, by day of the slot; the line is its 95 % interval")
    days = summaries[summaries["slots"] > 0]
    if days.empty:
        return nothing(say("Slots"), unit)
    sums = days.groupby(pd.DatetimeIndex(days.index).day_of_week)[["slots", "appointments", "no_shows"]].sum()
    booked = sums["appointments"].clip(upper=sums["slots"])
    sums["share"], (sums["low"], sums["high"]) = booked / sums["slots"], wilson(booked, sums["slots"])
    fullest = sums["share"].idxmax()
    bars = [
        Bar(
            dated.weekday(day),
            row.share,
            percent(row.share),
            _of_a_weekday(dated.weekday(day), row),
            ACCENT if day == fullest and len(sums) > 1 else SOFT,
            low=row.low,
            high=row.high,
        )
        for day, row in pairs(sums)
    ]
    return lying_bars(bars, _slots_finding(sums, booked.sum() / sums["slots"].sum()), unit)


def _of_a_weekday(weekday: str, row: Any) -> str:
    return say(
        "On {weekday}s {booked:,.0f} of {slots} were booked ({percent}, between {low} and {high}); nobody came to "
        "{missed:,.0f} of them.",
        weekday=weekday,
        booked=row.appointments,
        slots=counted.slots(row.slots),
        percent=percent(row.share),
        low=percent(row.low),
        high=percent(row.high),
        missed=row.no_shows,
    )


def _slots_finding(sums: pd.DataFrame, of_all: float) -> str:
    told = {"percent": percent(of_all), "slots": counted.slots(sums["slots"].sum())}
    share, days = sums["share"], [int(day) for day in sums.index]
    if not share.max() > share.min():
        return say("Slots: {percent} of {slots} booked", **told)
    return say(
        "Slots: {percent} of {slots} booked; fullest on {fullest}s ({most}), emptiest on {emptiest}s ({least})",
        **told,
        fullest=dated.weekday(days[share.argmax()]),
        most=percent(share.max()),
        emptiest=dated.weekday(days[share.argmin()]),
        least=percent(share.min()),
    )
