"""Figures of frames that have a row per month.

The newest month may not be over: it is drawn paler and left out of what the title says.
"""

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts.language import FAINT, SENTENCE, SOFT, on_time
from core.analytics.charts.steps import MONTH
from core.analytics.charts.words import compared, hover, many
from core.words import later, say

NEWEST = later("the newest month is paler, it may not be over")


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


def month_course(
    what: str, values: "pd.Series[float]", told: Callable[[float], str], each: str = later(" a month")
) -> str:
    """The last three whole months beside the three before them. `each` is empty for what is a mean already."""
    whole = values.iloc[:-1]
    if whole.empty:
        return say(
            "{what}: {told} so far in {index:%B %Y}",
            what=what,
            told=told(float(values.iloc[-1])),
            index=values.index[-1],
        )
    if len(whole) < 6:
        return say(
            "{what}: {told}{each} over {many}",
            what=what,
            told=told(float(whole.mean())),
            each=each,
            many=many(len(whole), say("whole month")),
        )
    now, before = float(whole.iloc[-3:].mean()), float(whole.iloc[-6:-3].mean())
    said = say("{what}: {told}{each} in the last three whole months", what=what, told=told(now), each=each)
    return (
        say("{said}, {compared} in the three before", said=said, compared=compared(now, before))
        if before
        else say("{said}, none in the three before", said=said)
    )
