"""How long consultations take, and how good the forecast of waits was. Both take `waiting_times()`."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import counted
from core.analytics.charts.counted import minutes
from core.analytics.charts.intervals import wilson
from core.analytics.charts.language import (
    ACCENT,
    ACCENT_BAND,
    FAINT,
    GREY,
    HEIGHT,
    MOST,
    SENTENCE,
    TEXT,
    doctor_colour,
    framed,
    keyed,
    laid_out,
    named_rows,
    nothing,
    number_axis,
)
from core.analytics.charts.revenue import others
from core.analytics.charts.steps import DAY, WEEK, pairs, step_for, whole
from core.analytics.charts.timeline import on_time
from core.analytics.charts.waits import quantiles
from core.analytics.charts.words import hover, percent, shortened
from core.words import say

GOAL = (0.85, 0.95)


def doctor_pace(waits: pd.DataFrame, doctor: str | None = None) -> go.Figure:
    """The median and the span from P10 to P90 of `consulted_minutes` by doctor; `doctor` is the one to point out."""
    unit = say("Minutes from the call to the end: a point for the median, a line from P10 to P90")
    known = waits.dropna(subset=["consulted_minutes"])
    if known.empty:
        return nothing(say("Consultations"), unit)
    names, rest = _the_busiest(known["doctor"].astype("str"))
    table = quantiles(known["consulted_minutes"].groupby(names)).sort_values("p50")
    figure = _spans(table, doctor, rest)
    fastest, slowest = table.iloc[0], table.iloc[-1]
    finding = say("Consultations: half take under {minutes}", minutes=minutes(known["consulted_minutes"].median()))
    if round(fastest["p50"]) < round(slowest["p50"]):
        finding += f"; {shortened(_who(table.index[0]), 26)} {fastest['p50']:.0f}, "
        finding += f"{shortened(_who(table.index[-1]), 26)} {slowest['p50']:.0f}"
    framed(figure, finding, unit, height=max(HEIGHT, 130 + 25 * len(table)))
    reach = [0, float(table["p90"].max() or 1) * 1.45]
    laid_out(figure, hovermode="closest", xaxis={"range": reach, "visible": False})
    return named_rows(figure, [_who(name) for name in table.index])


def _the_busiest(names: "pd.Series[str]") -> tuple["pd.Series[str]", str]:
    """Each row's doctor, or "12 others" beyond the fifteen who saw the most; and what those others are called."""
    numbers = names.value_counts()
    rest = others(len(numbers))
    return (names if len(numbers) <= MOST + 1 else names.where(names.isin(numbers.index[:MOST]), rest)), rest


def _who(name: str) -> str:
    return name or say("Nobody named")


def _spans(table: pd.DataFrame, doctor: str | None, rest: str) -> go.Figure:
    figure = go.Figure()
    colours = [ACCENT if name == doctor else doctor_colour("" if name == rest else name) for name in table.index]
    for place, ((_, row), colour) in enumerate(zip(pairs(table), colours, strict=True)):
        line = {"color": colour, "width": 5}
        figure.add_scatter(
            x=[row.p10, row.p90], y=[place, place], mode="lines", line=line, opacity=0.5, hoverinfo="skip"
        )
    figure.add_scatter(
        x=table["p50"],
        y=list(range(len(table))),
        mode="markers",
        marker={"size": 12, "color": colours},
        customdata=[
            hover(
                say(
                    "{who}: half of {consultations} took under {p50}, one in ten under {p10} and one in ten over "
                    "{p90}.",
                    who=_who(name),
                    consultations=counted.consultations(row.number),
                    p50=minutes(row.p50),
                    p10=minutes(row.p10),
                    p90=minutes(row.p90),
                )
            )
            for name, row in pairs(table)
        ],
        hovertemplate=SENTENCE,
    )
    figure.add_scatter(
        x=table["p90"],
        y=list(range(len(table))),
        mode="text",
        text=[f"  {row.p50:.0f} ({row.p10:.0f}–{row.p90:.0f})" for _, row in pairs(table)],
        textposition="middle right",
        textfont={"color": TEXT},
        cliponaxis=False,
        hoverinfo="skip",
    )
    return figure


def forecast_coverage(waits: pd.DataFrame) -> go.Figure:
    """How many waited no longer than the P90 they were told, with its Wilson interval, beside the goal of 85 to 95 %;
    thinner, how many no longer than the P50."""
    unit = say("Share who waited no longer than they were told on arrival")
    known = waits.dropna(subset=["waited_minutes", "said_p90"])
    if known.empty:
        return nothing(say("Forecast"), unit)
    days = pd.DatetimeIndex(known["date"])
    step = step_for(days)
    if step is DAY and (days.max() - days.min()).days >= 28:
        step = WEEK  # a day has too few patients to tell a share
    held = pd.DataFrame(
        {
            "told": 1,
            "p90": known["waited_minutes"] <= known["said_p90"],
            "p50": (known["waited_minutes"] <= known["said_p50"]).where(known["said_p50"].notna()),
        }
    ).astype("float64")
    table = held.groupby(step.starts(days)).sum()
    table = table if step is DAY else table.loc[whole(days, days, step)]
    figure = on_time(_covered(table, [step.when(day) for day in table.index]), table.index, step)
    key = [keyed("━", say("P90, with its 95 % interval"), ACCENT), keyed("━", "P50"), keyed("▒", say("Goal"), GREY)]
    framed(figure, _forecast_finding(held), f"{unit}, {step.note}", key=key)
    return number_axis(figure, [1.0], percent)


def _covered(table: pd.DataFrame, whens: list[str]) -> go.Figure:
    figure = go.Figure()
    mode = "lines+markers" if len(table) <= 40 else "lines"
    share, (low, high) = table["p90"] / table["told"], wilson(table["p90"], table["told"])
    figure.add_hrect(*GOAL, fillcolor=FAINT, line_width=0)
    thin = {"color": ACCENT, "width": 0.5}
    figure.add_scatter(x=table.index, y=high, mode="lines", line=thin, hoverinfo="skip")
    figure.add_scatter(
        x=table.index, y=low, mode="lines", line=thin, fill="tonexty", fillcolor=ACCENT_BAND, hoverinfo="skip"
    )
    half = table["p50"] / table["told"]
    figure.add_scatter(x=table.index, y=half, mode=mode, line={"color": GREY, "width": 1.5}, hoverinfo="skip")
    figure.add_scatter(
        x=table.index,
        y=share,
        mode=mode,
        line={"color": ACCENT, "width": 3},
        customdata=[
            hover(
                say(
                    "{when} {p90} of {patients} waited no longer than the P90 they were told and {p50} no longer than "
                    "the P50.",
                    when=when,
                    p90=percent(row.p90 / row.told),
                    patients=counted.patients(row.told),
                    p50=percent(row.p50 / row.told),
                )
            )
            for when, (_, row) in zip(whens, pairs(table), strict=True)
        ],
        hovertemplate=SENTENCE,
    )
    return figure


def _forecast_finding(held: pd.DataFrame) -> str:
    share = float(held["p90"].mean())
    low, high = (float(bound) for bound in wilson(held["p90"].sum(), len(held)))
    said = say("Forecast: {percent} waited no longer than the P90 they were told", percent=percent(share))
    if high < GOAL[0]:
        return say("{said}: too hopeful, the goal is 85 to 95 %", said=said)
    if low > GOAL[1]:
        return say("{said}: too careful, the goal is 85 to 95 %", said=said)
    within = GOAL[0] <= np.round(share, 2) <= GOAL[1]
    return (
        say("{said}, within the goal of 85 to 95 %", said=said)
        if within
        else say("{said}, near the goal of 85 to 95 %", said=said)
    )
