"""Figures whose marks stand on days, weeks or months, one after the other."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import dated
from core.analytics.charts.language import ACCENT, SENTENCE, SOFT, keyed, laid_out
from core.analytics.charts.steps import Step
from core.analytics.charts.words import hover
from core.words import ENGLISH, language, later, say

_STEPS = {"day": later("Day"), "week": later("Week"), "month": later("Month")}
_MEANS = {"day": later("Mean of 7 days"), "week": later("Mean of 4 weeks"), "month": later("Mean of 12 months")}
_MOST_TICKS = 6


def on_time(figure: go.Figure, starts: Any, step: Step) -> go.Figure:
    """The time axis: days, not the hours of the first one, however few there are."""
    one = pd.Timedelta(days={"day": 1, "week": 7, "month": 30}[step.name])
    first, last = min(starts), max(starts)
    first = min(first, last - 5 * one)
    few = (last - first) / one < 8
    ticks = {"day": 86_400_000, "week": 7 * 86_400_000, "month": "M1"}[step.name] if few else None
    axis = {
        "range": [first - 0.6 * one, last + 0.6 * one],
        "tickformat": "%b\n%Y" if step.name == "month" else "%-d %b\n%Y",
        "dtick": ticks,
        "tick0": str(last.date()) if few and step.name == "week" else None,
        "nticks": _MOST_TICKS,
        "tickangle": 0,
    }
    if language() != ENGLISH:  # which is all that plotly writes dates in
        axis |= _dated_ticks(starts, step)
    return laid_out(figure, hovermode="x", xaxis=axis)


def _dated_ticks(starts: Any, step: Step) -> dict[str, Any]:
    """So many of the days, the newest among them; the year stands below the first tick of it."""
    known = sorted(pd.DatetimeIndex(starts).unique())
    shown = known[(len(known) - 1) % -(-len(known) // _MOST_TICKS) :: -(-len(known) // _MOST_TICKS)]
    words = [dated.short_month_alone(day) if step.name == "month" else dated.short_day(day) for day in shown]
    years = [day.year for day in shown]
    fresh = [place == 0 or years[place - 1] != year for place, year in enumerate(years)]
    told = [f"{word}<br>{year}" if new else word for word, year, new in zip(words, years, fresh, strict=True)]
    return {"tickvals": shown, "ticktext": told, "dtick": None, "tick0": None}


def mean_key(values: "pd.Series[float]", step: Step) -> list[str]:
    """The key to `time_bars` in their own colour."""
    if len(values) <= step.mean:
        return []
    return [keyed("■", say(_STEPS[step.name]), SOFT), keyed("━", say(_MEANS[step.name]), ACCENT)]


def time_bars(
    values: "pd.Series[float]",
    step: Step,
    sentences: list[str],
    colour: str = SOFT,
    known: "pd.Series[float] | None" = None,
) -> go.Figure:
    """Bars, and over them the mean of seven days, four weeks or twelve months; of `known` alone, if given."""
    known = values if known is None else known
    figure = go.Figure()
    figure.add_bar(
        x=values.index,
        y=values.to_numpy(),
        name=say(_STEPS[step.name]),
        marker_color=colour,
        width=step.width_ms,
        customdata=[hover(sentence) for sentence in sentences],
        hovertemplate=SENTENCE,
    )
    if len(known) > step.mean:
        mean = known.rolling(step.mean).mean().dropna()
        figure.add_scatter(
            x=mean.index,
            y=mean.to_numpy(),
            name=say(_MEANS[step.name]),
            mode="lines",
            line={"color": ACCENT, "width": 3},
            hoverinfo="skip",
        )
    return on_time(figure, values.index, step) if len(values) else figure
