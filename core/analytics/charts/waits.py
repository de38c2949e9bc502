"""How long patients waited, and when. All take `waiting_times()`.

A wait is never told by its mean alone: half wait less than P50, one in ten more than P90.
"""

import calendar
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

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
    on_time,
)
from core.analytics.charts.steps import DAY, Step, pairs, step_for, whole
from core.analytics.charts.words import hover, many, minutes

_FEW = 5


def waits_by_hour(waits: pd.DataFrame) -> go.Figure:
    """The band from P10 to P90 and the median of `waited_minutes` by hour of arrival."""
    unit = "Minutes from arrival to the call, by hour of arrival"
    known = waits.dropna(subset=["waited_minutes"])
    if known.empty:
        return nothing("Waits", unit)
    hours = quantiles(known.groupby("hour")["waited_minutes"])
    hours = hours[hours["number"] >= _FEW] if (hours["number"] >= _FEW).any() else hours
    p50, p90 = known["waited_minutes"].quantile([0.5, 0.9])
    sentences = [
        hover(
            f"Of {many(row.number, 'patient')} who came from {hour} to {hour + 1} o'clock half waited under "
            f"{minutes(row.p50)}, one in ten over {minutes(row.p90)} and one in ten under {minutes(row.p10)}."
        )
        for hour, row in pairs(hours)
    ]
    figure = _banded(hours, sentences)
    finding = f"Waits: half wait under {minutes(p50)}, one in ten over {p90:.0f}"
    worst = f"; worst at {hours['p90'].idxmax()} o'clock" if len(hours) > 1 and hours["p90"].max() > 0 else ""
    framed(figure, finding + worst, unit)
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
    ends = [("one in ten<br>over", "p90", GREY), ("half<br>under", "p50", ACCENT), ("one in ten<br>under", "p10", GREY)]
    return _ends(figure, table, ends)


def _ends(figure: go.Figure, table: pd.DataFrame, ends: list[tuple[str, str, str]]) -> go.Figure:
    """Lines named at their right ends, and kept apart where they come close."""
    top = float(table[[name for _, name, _ in ends]].to_numpy().max()) or 1.0
    place = float("inf")
    for words, name, colour in ends:
        place = min(float(table[name].iloc[-1]), place - 0.13 * top)
        figure.add_annotation(
            x=1, xref="paper", y=place, text=words, showarrow=False, xanchor="left", align="left", xshift=4
        )
        figure.layout.annotations[-1].font = {"size": 11, "color": colour if colour == ACCENT else TEXT}
    return figure


def waits_per_day(waits: pd.DataFrame) -> go.Figure:
    """The median and P90 of `waited_minutes` over time."""
    known = waits.dropna(subset=["waited_minutes"])
    step = step_for(pd.DatetimeIndex(known["date"]))
    unit = f"Minutes from arrival to the call, {step.note}"
    if known.empty:
        return nothing("Waits over time", unit)
    table = _by_step(known["waited_minutes"], known["date"], step)
    sentences = [
        hover(
            f"{step.when(day)} half of {many(row.number, 'patient')} waited under {minutes(row.p50)} and one in ten "
            f"over {minutes(row.p90)}."
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
    return _ends(figure, table, [("one in ten<br>over", "p90", GREY), ("half<br>under", "p50", ACCENT)])


def _waits_finding(known: pd.DataFrame, step: Step) -> str:
    """The last seven days, four weeks or twelve months beside as many before."""
    length = {"day": 7, "week": 28, "month": 365}[step.name]
    last = {"day": "seven days", "week": "four weeks", "month": "twelve months"}[step.name]
    ago = (known["date"].max() - known["date"]).dt.days
    now, before = (known["waited_minutes"][(ago >= start) & (ago < start + length)] for start in (0, length))
    p50, p90 = now.quantile([0.5, 0.9])
    said = f"Waits over time: half under {minutes(p50)}, one in ten over {p90:.0f}, in the last {last}"
    if before.empty or ago.max() < 2 * length - 2:
        return said
    more = round(p50) - round(before.median())
    change = f"{many(abs(more), 'minute')} {'more' if more > 0 else 'less'} than" if more else "the median as"
    return f"{said}; {change} in the {last.split()[0]} before"


def queue_heat_map(waits: pd.DataFrame) -> go.Figure:
    """How many were waiting on average, by weekday and hour: of those who were called."""
    unit = "Mean number waiting to be called, by weekday and hour; who left uncalled is not counted"
    known = waits.dropna(subset=["arrived", "called"])
    if known.empty:
        return nothing("Queue", unit)
    waiting = _mean_waiting(known, waits)
    days, hours = ([int(name) for name in names] for names in waiting.axes)
    cells = waiting.to_numpy()
    words = [[f"{number:.1f}" if number >= 0.05 else "" for number in row] for row in cells]
    hovers = [
        [
            hover(f"On {calendar.day_name[day]}s {number:.1f} wait on average from {hour} to {hour + 1} o'clock.")
            for hour, number in zip(hours, numbers, strict=True)
        ]
        for day, numbers in zip(days, cells, strict=True)
    ]
    figure = heat_map(cells, [calendar.day_abbr[day] for day in days], [str(hour) for hour in hours], words, hovers)
    row, column = divmod(int(cells.argmax()), len(hours))
    when = f"{calendar.day_name[days[row]]}s at {hours[column]} o'clock"
    finding = f"Queue: longest on {when}, with {cells.max():.1f} waiting on average"
    return framed(figure, finding if cells.max() >= 0.05 else "Queue: hardly anybody has to wait", unit)


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
