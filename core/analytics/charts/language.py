"""What all figures share: how they look and how they speak.

One visual language: one accent colour, the rest grey; bars begin at zero; the title states the finding and the unit;
what the pointer shows is a sentence. Backgrounds are transparent and greys of middle lightness, so that a figure reads
on light and on dark. `layout.meta` holds the text for those who do not see it.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import plotly.graph_objects as go

ACCENT, GREY, FAINT, TEXT = "#0F766E", "#8A929B", "rgba(138,146,155,0.25)", "#7A828C"
_WEEK = 7
_DAY_MS = 86_400_000


def finding(what: str, values: pd.Series, told: Callable[[float], str]) -> str:
    """The last seven days beside the seven before them."""
    if values.empty:
        return f"{what}: nothing to show yet"
    if len(values) < 2 * _WEEK:
        return f"{what}: {told(float(values.mean()))} over {many(len(values), 'day')}"
    now, before = float(values.iloc[-_WEEK:].mean()), float(values.iloc[-2 * _WEEK : -_WEEK].mean())
    if before == 0:
        return f"{what}: {told(now)} in the last seven days, none in the seven before"
    change = round(100 * (now - before) / before)
    course = "as in" if change == 0 else f"{abs(change)} % {'more' if change > 0 else 'less'} than"
    return f"{what}: {told(now)} in the last seven days, {course} the seven before"


def bars(values: pd.Series, words: list[str], title: str, unit: str) -> go.Figure:
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
    drawn = framed(figure, title, unit, empty=values.empty)
    if 0 < len(values) < _WEEK:  # days, not the hours of the first one
        last = values.index[-1]
        drawn.update_xaxes(range=[last - pd.Timedelta(days=_WEEK - 0.5), last + pd.Timedelta(hours=12)], dtick=_DAY_MS)
    return drawn


def framed(figure: go.Figure, title: str, unit: str, *, empty: bool) -> go.Figure:
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


def rows(summaries: pd.DataFrame) -> Iterator[tuple[pd.Timestamp, Any]]:
    return zip(summaries.index, summaries.itertuples(index=False), strict=True)


def named(day: pd.Timestamp) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
