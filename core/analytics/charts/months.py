"""Figures of frames that have a row per month.

The newest month may not be over: it is drawn paler and left out of what the title says.
"""

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import dated
from core.analytics.charts.language import FAINT, SENTENCE, SOFT
from core.analytics.charts.steps import MONTH
from core.analytics.charts.timeline import on_time
from core.analytics.charts.words import against, hover
from core.words import later, say, say_count

_NEWEST = later("the newest month is paler, it may not be over")


def with_newest(unit: str) -> str:
    """A unit, and what the paler bar is."""
    return f"{unit}; {say(_NEWEST)}"


def every_month(sums: pd.DataFrame) -> pd.DataFrame:
    """With a row of zeros for each month in between on which nothing happened."""
    return sums.reindex(pd.date_range(sums.index.min(), sums.index.max(), freq="MS", unit="s"), fill_value=0)


def month_bars(values: "pd.Series[float]", sentences: list[str], colour: str = SOFT, pale: str = FAINT) -> go.Figure:
    figure = go.Figure()
    figure.add_bar(
        x=values.index,
        y=values.to_numpy(),
        width=MONTH.width_ms,
        marker_color=[*[colour] * (len(values) - 1), pale],
        customdata=[hover(sentence) for sentence in sentences],
        hovertemplate=SENTENCE,
    )
    return on_time(figure, values.index, MONTH)


def month_course(what: str, values: "pd.Series[float]", told: Callable[[float], str], *, monthly: bool = True) -> str:
    """The last three whole months beside the three before them. Not `monthly`: for what is a mean already."""

    def each(amount: float) -> str:
        return say("{amount} a month", amount=told(amount)) if monthly else told(amount)

    whole = values.iloc[:-1]
    if whole.empty:
        month = dated.month(values.index[-1])
        return say("{what}: {told} so far in {month}", what=what, told=told(float(values.iloc[-1])), month=month)
    if len(whole) < 6:
        mean = each(float(whole.mean()))
        return say_count(
            len(whole),
            "{what}: {told} over {count} whole month",
            "{what}: {told} over {count} whole months",
            what=what,
            told=mean,
        )
    now, before = float(whole.iloc[-3:].mean()), float(whole.iloc[-6:-3].mean())
    said = say("{what}: {told} in the last three whole months", what=what, told=each(now))
    return against(said, now, before, say("the three before"))
