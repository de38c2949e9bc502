"""Figures whose marks stand on days, weeks or months, one after the other."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import dated
from core.analytics.charts.language import ACCENT, SENTENCE, SOFT, keyed, laid_out
from core.analytics.charts.steps import Step
from core.analytics.charts.words import hover
from core.words import later, say

_STEPS = {"day": later("Day"), "week": later("Week"), "month": later("Month")}
_MEANS = {"day": later("Mean of 7 days"), "week": later("Mean of 4 weeks"), "month": later("Mean of 12 months")}
_FEWEST_STEPS, _MOST_TICKS = 6, 6
_MONTHS = 12


def on_time(figure: go.Figure, starts: Any, step: Step) -> go.Figure:
    """The time axis, with ticks only where something stands; few days lie in its middle, no wider than elsewhere."""
    one = pd.Timedelta(days={"day": 1, "week": 7, "month": 30}[step.name])
    first, last = min(starts), max(starts)
    beside = max(0.6 * one, (_FEWEST_STEPS * one - (last - first)) / 2)
    axis = {
        "range": [first - beside, last + beside],
        "tickformat": "%b\n%Y" if step.name == "month" else "%-d %b\n%Y",  # beside the pointer
        "tickangle": 0,
        **_dated_ticks(starts, step),
    }
    return laid_out(figure, hovermode="x", xaxis=axis)


def _dated_ticks(starts: Any, step: Step) -> dict[str, Any]:
    """So many of the days, the newest among them, in the reader's language, as plotly writes English alone; the year
    stands below the first tick of it."""
    known = sorted(pd.DatetimeIndex(starts).unique())
    every = -(-len(known) // _MOST_TICKS)
    if step.name == "month" and every > _MONTHS // 2:
        every = -(-every // _MONTHS) * _MONTHS  # the same month of each year
    shown = known[(len(known) - 1) % every :: every]
    words = [dated.short_month_alone(day) if step.name == "month" else dated.short_day(day) for day in shown]
    years = [day.year for day in shown]
    fresh = [place == 0 or years[place - 1] != year for place, year in enumerate(years)]
    told = [f"{word}<br>{year}" if new else word for word, year, new in zip(words, years, fresh, strict=True)]
    return {"tickvals": shown, "ticktext": told}


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
