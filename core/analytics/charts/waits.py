"""How long patients waited, and when. All take `waiting_times()`.

A wait is never told by its mean alone: half wait less than P50, one in ten more than P90.
"""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import counted, dated
from core.analytics.charts.counted import minutes
from core.analytics.charts.heat import heat_map
from core.analytics.charts.language import (
    ACCENT,
    ACCENT_BAND,
    FAINT,
    GREY,
    SENTENCE,
    TEXT,
    framed,
    laid_out,
    nothing,
    number_axis,
)
from core.analytics.charts.steps import DAY, Step, pairs, step_for, whole
from core.analytics.charts.timeline import on_time
from core.analytics.charts.words import before_in_words, hover
from core.words import later, say

_FEW = 5
_LATELY = {
    "day": later("Waits over time: half under {p50}, one in ten over {p90:.0f}, in the last seven days"),
    "week": later("Waits over time: half under {p50}, one in ten over {p90:.0f}, in the last four weeks"),
    "month": later("Waits over time: half under {p50}, one in ten over {p90:.0f}, in the last twelve months"),
}


def waits_by_hour(waits: pd.DataFrame) -> go.Figure:
    """The band from P10 to P90 and the median of `waited_minutes` by hour of arrival."""
    unit = say("Minutes from arrival to the call, by hour of arrival")
    known = waits.dropna(subset=["waited_minutes"])
    if known.empty:
        return nothing(say("Waits"), unit)
    hours = quantiles(known.groupby("hour")["waited_minutes"])
    hours = hours[hours["number"] >= _FEW] if (hours["number"] >= _FEW).any() else hours
    p50, p90 = known["waited_minutes"].quantile([0.5, 0.9])
    sentences = [
        hover(
            say(
                "Of {patients} who came from {hour} to {next} o'clock half waited under {p50}, one in ten over {p90} "
                "and one in ten under {p10}.",
                patients=counted.patients(row.number),
                hour=hour,
                next=hour + 1,
                p50=minutes(row.p50),
                p90=minutes(row.p90),
                p10=minutes(row.p10),
            )
        )
        for hour, row in pairs(hours)
    ]
    figure = _banded(hours, sentences)
    finding = say("Waits: half wait under {p50}, one in ten over {p90:.0f}", p50=minutes(p50), p90=p90)
    if p90 < 1:
        finding = say("Waits: nine in ten wait under a minute")
    elif len(hours) > 1:
        finding = say("{said}; worst at {hour} o'clock", said=finding, hour=hours["p90"].idxmax())
    framed(figure, finding, unit)
    axis = {"tickvals": list(hours.index), "ticktext": [str(hour) for hour in hours.index], "tickangle": 0}
    laid_out(figure, hovermode="x", margin={"r": 62}, xaxis=axis)
    return number_axis(figure, list(hours["p90"]))


def quantiles(groups: Any) -> pd.DataFrame:
    """p10, p50, p90 and number by group."""
    table: pd.DataFrame = groups.quantile([0.1, 0.5, 0.9]).unstack()
    table.columns = pd.Index(["p10", "p50", "p90"])
    return table.assign(number=groups.size())


def _banded(table: pd.DataFrame, sentences: list[str]) -> go.Figure:
    """A band between p10 and p90, the median through it, each named at its right end."""
    figure = go.Figure()
    thin = {"color": GREY, "width": 1}
    mode = "lines" if len(table) > 1 else "markers"
    for name, fill in (("p90", None), ("p10", "tonexty")):
        figure.add_scatter(
            x=table.index, y=table[name], mode=mode, line=thin, fill=fill, fillcolor=ACCENT_BAND, hoverinfo="skip"
        )
    figure.add_scatter(
        x=table.index,
        y=table["p50"],
        mode="lines" if len(table) > 40 else "lines+markers",
        line={"color": ACCENT, "width": 3},
        customdata=sentences,
        hovertemplate=SENTENCE,
    )
    ends = [
        (say("one in ten<br>over"), "p90", GREY),
        (say("half<br>under"), "p50", ACCENT),
        (say("one in ten<br>under"), "p10", GREY),
    ]
    return _ends(figure, table, ends)


def _ends(figure: go.Figure, table: pd.DataFrame, ends: list[tuple[str, str, str]]) -> go.Figure:
    """Lines named at their right ends, the highest first: apart where they come close, and above the axis, below which
    days are written and plotly draws no name."""
    gap = 0.13 * max(float(table[[name for _, name, _ in ends]].to_numpy().max()), 1.0)
    place = float("inf")
    for below, (words, name, colour) in zip(reversed(range(len(ends))), ends, strict=True):
        place = max(min(float(table[name].iloc[-1]), place - gap), (below + 0.5) * gap)
        figure.add_annotation(
            x=1, xref="paper", y=place, text=words, showarrow=False, xanchor="left", align="left", xshift=4
        )
        figure.layout.annotations[-1].font = {"size": 11, "color": colour if colour == ACCENT else TEXT}
    return figure


def waits_per_day(waits: pd.DataFrame) -> go.Figure:
    """The median and P90 of `waited_minutes` over time."""
    known = waits.dropna(subset=["waited_minutes"])
    step = step_for(pd.DatetimeIndex(known["date"]))
    unit = say("Minutes from arrival to the call, {note}", note=step.note)
    if known.empty:
        return nothing(say("Waits over time"), unit)
    table = _by_step(known["waited_minutes"], known["date"], step)
    sentences = [
        hover(
            say(
                "{when} half of {patients} waited under {p50} and one in ten over {p90}.",
                when=step.when(day),
                patients=counted.patients(row.number),
                p50=minutes(row.p50),
                p90=minutes(row.p90),
            )
        )
        for day, row in pairs(table)
    ]
    figure = on_time(_two_lines(table, sentences), table.index, step)
    framed(figure, _waits_finding(known, step), unit)
    laid_out(figure, margin={"r": 62})
    return number_axis(figure, list(table["p90"]))


def _by_step(values: "pd.Series[float]", dates: "pd.Series[pd.Timestamp]", step: Step) -> pd.DataFrame:
    days = pd.DatetimeIndex(dates)
    table = quantiles(values.groupby(step.starts(days)))
    return table if step is DAY else table.loc[whole(days, days, step)]


def _two_lines(table: pd.DataFrame, sentences: list[str]) -> go.Figure:
    figure = go.Figure()
    mode = "lines+markers" if len(table) <= 40 else "lines"
    figure.add_scatter(x=table.index, y=table["p90"], mode=mode, line={"color": GREY, "width": 1.5}, hoverinfo="skip")
    figure.add_scatter(
        x=table.index,
        y=table["p50"],
        mode=mode,
        line={"color": ACCENT, "width": 3},
        fill="tonexty",
        fillcolor=FAINT,
        customdata=sentences,
        hovertemplate=SENTENCE,
    )
    return _ends(figure, table, [(say("one in ten<br>over"), "p90", GREY), (say("half<br>under"), "p50", ACCENT)])


def _waits_finding(known: pd.DataFrame, step: Step) -> str:
    """The last seven days, four weeks or twelve months beside as many before."""
    length = {"day": 7, "week": 28, "month": 365}[step.name]
    ago = (known["date"].max() - known["date"]).dt.days
    now, before = (known["waited_minutes"][(ago >= start) & (ago < start + length)] for start in (0, length))
    p50, p90 = now.quantile([0.5, 0.9])
    if p90 < 1:
        said = say("Waits over time: nine in ten under a minute")
    else:
        said = say(_LATELY[step.name], p50=minutes(p50), p90=p90)
    if before.empty or ago.max() < 2 * length - 2:
        return said
    more = round(p50) - round(before.median())
    told = {"said": said, "before": before_in_words(step), "minutes": counted.minutes(abs(more))}
    if not more:
        return say("{said}; the median as in {before}", **told)
    return (
        say("{said}; {minutes} more than in {before}", **told)
        if more > 0
        else say("{said}; {minutes} less than in {before}", **told)
    )


def queue_heat_map(waits: pd.DataFrame) -> go.Figure:
    """How many were waiting on average, by weekday and hour: of those who were called."""
    unit = say("Mean number waiting to be called, by weekday and hour; who left uncalled is not counted")
    known = waits.dropna(subset=["arrived", "called"])
    if known.empty:
        return nothing(say("Queue"), unit)
    waiting = _mean_waiting(known, waits)
    days, hours = ([int(name) for name in names] for names in waiting.axes)
    cells = waiting.to_numpy()
    words = [[f"{number:.1f}" if number >= 0.05 else "" for number in row] for row in cells]
    hovers = [
        [
            hover(
                say(
                    "On {weekday}s {number:.1f} wait on average from {hour} to {next} o'clock.",
                    weekday=dated.weekday(day),
                    number=number,
                    hour=hour,
                    next=hour + 1,
                )
            )
            for hour, number in zip(hours, numbers, strict=True)
        ]
        for day, numbers in zip(days, cells, strict=True)
    ]
    figure = heat_map(cells, [dated.short_weekday(day) for day in days], [str(hour) for hour in hours], words, hovers)
    row, column = divmod(int(cells.argmax()), len(hours))
    finding = say(
        "Queue: longest on {weekday}s at {hour} o'clock, with {number:.1f} waiting on average",
        weekday=dated.weekday(days[row]),
        hour=hours[column],
        number=cells.max(),
    )
    return framed(figure, finding if cells.max() >= 0.05 else say("Queue: hardly anybody has to wait"), unit)


def _mean_waiting(known: pd.DataFrame, waits: pd.DataFrame) -> pd.DataFrame:
    """Weekday by hour: minutes waited in that hour, of the sixty on each such day on which anybody came."""
    arrived, called = known["arrived"].to_numpy(), known["called"].to_numpy()
    weekday = known["weekday"].to_numpy()
    hours = np.arange(int(arrived.min() // 60), min(int(max(called.max(), arrived.max()) // 60), 23) + 1)
    spent = np.stack(
        [
            np.bincount(
                weekday, np.clip(np.minimum(called, 60 * hour + 60) - np.maximum(arrived, 60 * hour), 0, None), 7
            )
            for hour in hours
        ],
        axis=1,
    )
    days = waits.groupby("weekday")["date"].nunique()
    table = pd.DataFrame(spent, columns=hours).loc[sorted(days.index)]
    return table.div(60 * days.sort_index(), axis="index")
