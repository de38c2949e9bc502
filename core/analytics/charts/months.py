"""Figures of frames that have a row per month.

The newest month may not be over: it is drawn paler and left out of what the title says.
"""

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts.language import FAINT, SENTENCE, SOFT, on_time
from core.analytics.charts.steps import MONTH
from core.analytics.charts.words import compared, hover, many

NEWEST = "the newest month is paler, it may not be over"


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


def month_course(what: str, values: "pd.Series[float]", told: Callable[[float], str], each: str = " a month") -> str:
    """The last three whole months beside the three before them. `each` is empty for what is a mean already."""
    whole = values.iloc[:-1]
    if whole.empty:
        return f"{what}: {told(float(values.iloc[-1]))} so far in {values.index[-1]:%B %Y}"
    if len(whole) < 6:
        return f"{what}: {told(float(whole.mean()))}{each} over {many(len(whole), 'whole month')}"
    now, before = float(whole.iloc[-3:].mean()), float(whole.iloc[-6:-3].mean())
    said = f"{what}: {told(now)}{each} in the last three whole months"
    return f"{said}, {compared(now, before)} in the three before" if before else f"{said}, none in the three before"
