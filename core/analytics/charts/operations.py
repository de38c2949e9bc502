"""How the clinic ran: who came, who did not, and how its slots were used. Waits are in `waits`."""

import calendar

import pandas as pd
import plotly.graph_objects as go

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
    mean_key,
    nothing,
    number_axis,
    on_time,
    time_bars,
)
from core.analytics.charts.steps import MONTH, WEEK, Step, finished, pairs, step_for, stepped
from core.analytics.charts.words import course, hover, many, percent
from core.words import say


def visits_per_day(summaries: pd.DataFrame) -> go.Figure:
    """Bars of completed `visits` with their mean. Takes `daily_summaries()`."""
    totals, step = stepped(summaries, ["visits", "patients"])
    unit = say("Completed visits {note}, by day of the visit", note=step.note)
    if totals.empty:
        return nothing(say("Visits"), unit)
    sentences = [
        say(
            "{when} there were {many} of {many_2}.",
            when=step.when(day),
            many=many(row.visits, "visit"),
            many_2=many(row.patients, "patient"),
        )
        for day, row in pairs(totals)
    ]
    known = finished(totals["visits"], summaries)
    figure = time_bars(totals["visits"], step, sentences, known=known)
    finding = course(say("Visits"), known, step, lambda mean: f"{mean:,.1f}")
    return number_axis(framed(figure, finding, unit, key=mean_key(known, step)), list(totals["visits"]))


def arrivals_per_day(summaries: pd.DataFrame) -> go.Figure:
    """Bars of tokens given out, darker those who left unseen, with their mean. Takes `daily_summaries()`."""
    totals, step = stepped(summaries, ["arrivals", "left"])
    unit = say("Tokens given out {note}, by day of arrival", note=step.note)
    if totals.empty:
        return nothing(say("Arrivals"), unit)
    sentences = [
        say(
            "{when} {many} came and {many_2} left unseen.",
            when=step.when(day),
            many=many(row.arrivals, "patient"),
            many_2=many(row.left, "patient"),
        )
        for day, row in pairs(totals)
    ]
    known = finished(totals["arrivals"], summaries)
    figure = time_bars(totals["arrivals"], step, sentences, known=known)
    left = {"x": totals.index, "y": totals["left"].to_numpy(), "width": step.width_ms, "marker_color": GREY}
    laid_out(figure.add_bar(**left, hoverinfo="skip"), barmode="overlay")
    came, gone = int(summaries["arrivals"].sum()), int(summaries["left"].sum())
    share = say("; {percent} left unseen", percent=percent(gone / came)) if gone and came else ""
    finding = course(say("Arrivals"), known, step, lambda mean: f"{mean:,.1f}") + share
    key = [*mean_key(known, step), keyed("■", say("of them left unseen"), GREY)]
    return number_axis(framed(figure, finding, unit, key=key), list(totals["arrivals"]))


def no_shows(summaries: pd.DataFrame) -> go.Figure:
    """An XmR control chart of the share of appointments that nobody came to, by week. Takes `daily_summaries()`.

    Says change or noise: a point beyond the limits, or eight or more in a row on one side of the mean, is a change.
    """
    step = MONTH if step_for(pd.DatetimeIndex(summaries.index)) is MONTH else WEEK
    totals, _ = stepped(summaries, ["appointments", "no_shows"], step)
    totals = totals[totals["appointments"] > 0]
    unit = say("Share of appointments that nobody came to, {note}, by day of the appointment", note=step.note)
    if totals.empty:
        return nothing("No-shows", say("{unit}; there is no whole {name} yet", unit=unit, name=step.name))
    share = totals["no_shows"] / totals["appointments"]
    control = xmr(share)
    figure = _control_chart(share, control)
    sentences = [
        hover(
            say(
                "{when} nobody came to {percent} of {many}: {part}.",
                when=step.when(day),
                percent=percent(row.no_shows / row.appointments),
                many=many(row.appointments, "appointment"),
                part=say("a change") if changed else "noise",
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
    usual = say("No-shows: {of_all} of {many}", of_all=of_all, many=many(totals["appointments"].sum(), "appointment"))
    if len(share) < RUN:
        return say("{usual}; too few {name}s yet to tell change from noise", usual=usual, name=step.name)
    if not control.change.any():
        return say("{usual}; what changes from {name} to {name} is noise", usual=usual, name=step.name)
    last = int(control.change.nonzero()[0][-1])
    when = step.when(share.index[last]).replace("In ", "in ").replace("Monday ", "")
    side = "above" if share.iloc[last] > control.mean else "below"
    if control.in_run[last]:
        since = "now" if last == len(share) - 1 else f"until {when.removeprefix('in ')}"
        return say(
            "{usual}; a change, not noise: {since} {RUN} or more {name}s in a row {side} the mean",
            usual=usual,
            since=since,
            RUN=RUN,
            name=step.name,
            side=side,
        )
    return say(
        "{usual}; {percent} {when} is a change, not noise", usual=usual, percent=percent(share.iloc[last]), when=when
    )


def slot_use(summaries: pd.DataFrame) -> go.Figure:
    """The share of slots that were booked by weekday, with its Wilson interval. Takes `daily_summaries()`."""
    unit = say("Share of open slots booked, by day of the slot; the line is its 95 % interval")
    days = summaries[summaries["slots"] > 0]
    if days.empty:
        return nothing(say("Slots"), unit)
    sums = days.groupby(pd.DatetimeIndex(days.index).day_of_week)[["slots", "appointments", "no_shows"]].sum()
    booked = sums["appointments"].clip(upper=sums["slots"])
    sums["share"], (sums["low"], sums["high"]) = booked / sums["slots"], wilson(booked, sums["slots"])
    sums.index = pd.Index([f"{calendar.day_name[day]}s" for day in pd.Index(sums.index).astype("int64")])
    fullest, emptiest = str(sums["share"].idxmax()), str(sums["share"].idxmin())
    bars = [
        Bar(
            day.removesuffix("s"),
            row.share,
            percent(row.share),
            say(
                "On {day} {appointments:,.0f} of {many} were booked ({percent}, between {percent_2} and "
                "{percent_3}); nobody came to {no_shows:,.0f} of them.",
                day=day,
                appointments=row.appointments,
                many=many(row.slots, "slot"),
                percent=percent(row.share),
                percent_2=percent(row.low),
                percent_3=percent(row.high),
                no_shows=row.no_shows,
            ),
            ACCENT if day == fullest and len(sums) > 1 else SOFT,
            low=row.low,
            high=row.high,
        )
        for day, row in pairs(sums)
    ]
    of_all = booked.sum() / sums["slots"].sum()
    finding = say(
        "Slots: {percent} of {many} booked", percent=percent(of_all), many=many(int(sums["slots"].sum()), "slot")
    )
    if sums["share"].max() > sums["share"].min():
        finding += say("; fullest on {fullest} ({percent}), ", fullest=fullest, percent=percent(sums["share"].max()))
        finding += say("emptiest on {emptiest} ({percent})", emptiest=emptiest, percent=percent(sums["share"].min()))
    return lying_bars(bars, finding, unit)
