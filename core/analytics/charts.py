"""Figures from DataFrames: pure functions, used alike by screens and notebooks.

One visual language: one accent colour, the rest grey; bars begin at zero; the title states the finding and the unit;
what the pointer shows is a sentence. Backgrounds are transparent and greys of middle lightness, so that a figure reads
on light and on dark. `layout.meta` holds the text for those who do not see it.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core.analytics.feed import ClinicInfo

ACCENT, GREY, FAINT, TEXT = "#0F766E", "#8A929B", "rgba(138,146,155,0.25)", "#7A828C"
_WEEK = 7
_DAY_MS = 86_400_000


def revenue_per_day(summaries: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Bars of `revenue` (by the day of the invoice) with the mean of seven days. Takes `daily_summaries()`."""
    words = [
        f"{_day(day)}<br>{clinic.money(float(row.revenue))} from {_many(row.invoices, 'invoice')}"
        for day, row in _rows(summaries)
    ]
    unit = f"Revenue per day{f', {clinic.currency}' if clinic.symbol else ''}"
    title = _finding("Revenue", summaries["revenue"], lambda mean: f"{clinic.money_round(mean)} a day")
    figure = _bars(summaries["revenue"], words, title, f"{unit}, by date of invoice")
    return figure.update_yaxes(tickprefix=clinic.symbol)


def visits_per_day(summaries: pd.DataFrame) -> go.Figure:
    """Bars of completed `visits` with the mean of seven days. Takes `daily_summaries()`."""
    words = [
        f"{_day(day)}<br>{_many(row.visits, 'visit')} of {_many(row.patients, 'patient')}"
        for day, row in _rows(summaries)
    ]
    title = _finding("Visits", summaries["visits"], lambda mean: f"{mean:,.1f} a day")
    return _bars(summaries["visits"], words, title, "Completed visits per day")


def medicines_per_day(summaries: pd.DataFrame) -> go.Figure:
    """Bars of `medicines_dispensed` with the mean of seven days. Takes `daily_summaries()`."""
    words = [f"{_day(day)}<br>{_many(row.medicines_dispensed, 'unit')} handed over" for day, row in _rows(summaries)]
    title = _finding("Medicines", summaries["medicines_dispensed"], lambda mean: f"{mean:,.0f} units a day")
    return _bars(summaries["medicines_dispensed"], words, title, "Units handed over per day")


def _finding(what: str, values: pd.Series, told: Callable[[float], str]) -> str:
    """The last seven days beside the seven before them."""
    if values.empty:
        return f"{what}: nothing to show yet"
    if len(values) < 2 * _WEEK:
        return f"{what}: {told(float(values.mean()))} over {_many(len(values), 'day')}"
    now, before = float(values.iloc[-_WEEK:].mean()), float(values.iloc[-2 * _WEEK : -_WEEK].mean())
    if before == 0:
        return f"{what}: {told(now)} in the last seven days, none in the seven before"
    change = round(100 * (now - before) / before)
    course = "as in" if change == 0 else f"{abs(change)} % {'more' if change > 0 else 'less'} than"
    return f"{what}: {told(now)} in the last seven days, {course} the seven before"


def _bars(values: pd.Series, words: list[str], title: str, unit: str) -> go.Figure:
    figure = go.Figure()
    figure.add_bar(
        x=values.index,
        y=values.to_numpy(),
        name="Day",
        marker_color=GREY,
        opacity=0.4,
        width=_DAY_MS * 0.8,
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
    )
    if len(values) >= _WEEK:
        mean = values.rolling(_WEEK).mean()
        figure.add_scatter(
            x=mean.index, y=mean.to_numpy(), name="Mean of 7 days", line={"color": ACCENT, "width": 3}, hoverinfo="skip"
        )
    framed = _framed(figure, title, unit, empty=values.empty)
    if 0 < len(values) < _WEEK:  # days, not the hours of the first one
        last = values.index[-1]
        framed.update_xaxes(range=[last - pd.Timedelta(days=_WEEK - 0.5), last + pd.Timedelta(hours=12)], dtick=_DAY_MS)
    return framed


def _framed(figure: go.Figure, title: str, unit: str, *, empty: bool) -> go.Figure:
    figure.update_layout(
        template="none",
        title={"text": title, "subtitle": {"text": unit}, "x": 0, "xanchor": "left", "font": {"size": 17}},
        font={"color": TEXT},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 60, "r": 10, "t": 80, "b": 40},
        bargap=0.15,
        height=340,
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"},
        meta={"alt": f"{title}. {unit}."},
    )
    figure.update_xaxes(showgrid=False, linecolor=FAINT, visible=not empty, tickformat="%-d %b\n%Y")
    figure.update_yaxes(rangemode="tozero", gridcolor=FAINT, zerolinecolor=GREY, tickformat=",", visible=not empty)
    return figure


def _rows(summaries: pd.DataFrame) -> Iterator[tuple[pd.Timestamp, Any]]:
    return zip(summaries.index, summaries.itertuples(index=False), strict=True)


def _day(day: pd.Timestamp) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
