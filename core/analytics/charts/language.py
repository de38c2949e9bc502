"""What all figures share: how they look.

One visual language: one accent colour, the rest grey, and a muted colour of their own for each doctor; bars begin at
zero; the title states the finding, the line below it the unit and the day that counts; what the pointer shows is a
sentence. Backgrounds are transparent and greys of middle lightness, so that a figure reads on light and on dark.
`layout.meta["alt"]` holds the text for those who do not see it.
"""

import colorsys
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts.words import hover, money_short, shortened, wrapped
from core.analytics.feed import ClinicInfo
from core.words import say

ACCENT, GREY, SOFT, FAINT, TEXT = "#12867E", "#8A929B", "rgba(138,146,155,0.45)", "rgba(138,146,155,0.2)", "#757D87"
ACCENT_BAND = "rgba(18,134,126,0.18)"
HEIGHT, MOST = 380, 15
SENTENCE = "%{customdata}<extra></extra>"
_MARKUP = re.compile("<[^>]*>")
_TITLE_LETTERS, _UNIT_LETTERS, NAME_LETTERS = 47, 62, 30
_PHONE_LETTERS = 60  # of a row, from its name to what is told at its end
_TITLE_LINE, _UNIT_LINE, _BAR_LINE = 20, 16, 25


@dataclass(frozen=True)
class Bar:
    """A lying bar: `told` stands at its end, `behind` is the fainter one it is part of."""

    label: str
    value: float
    told: str
    sentence: str
    colour: str = GREY
    behind: float = 0.0
    low: float = math.nan  # of its interval
    high: float = math.nan
    clear_of: float = 0.0  # `told` begins beyond it


def framed(
    figure: go.Figure, finding: str, unit: str, *, empty: bool = False, key: Sequence[str] = (), height: int = HEIGHT
) -> go.Figure:
    """Title, subtitle, margins and colours; `finding` and `unit` are plain text, names in it may hold anything.

    `key` says what the marks are, in `keyed` words under the subtitle: a legend would lie over the title on a phone.
    """
    title, subtitle = wrapped(finding, _TITLE_LETTERS), "<br>".join([wrapped(unit, _UNIT_LETTERS), *_lines(key)])
    lines = (title.count("<br>") + 1) * _TITLE_LINE + (subtitle.count("<br>") + 1) * _UNIT_LINE
    seen = {"visible": not empty, "automargin": True}
    laid_out(
        figure,
        title=_titled(title, subtitle),
        font={"color": TEXT, "size": 12},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 44, "r": 14, "t": 30 + lines, "b": 36},
        bargap=0.15,
        height=height,
        showlegend=False,
        hoverlabel={"bgcolor": "#26323A", "bordercolor": "#26323A", "font": {"color": "#FFFFFF"}, "align": "left"},
        dragmode=False,
        meta={"alt": f"{finding}. {unit}."},
        xaxis={"showgrid": False, "zeroline": False, "linecolor": FAINT, **seen},
        yaxis={"gridcolor": FAINT, "zerolinecolor": GREY, "fixedrange": True, **seen},
    )
    if empty:
        middle = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper"}
        said = finding.partition(": ")[2]
        figure.add_annotation(text=said[:1].upper() + said[1:], showarrow=False, font={"size": 14}, **middle)
    return figure


def laid_out(figure: go.Figure, **changes: Any) -> go.Figure:
    """As `update_layout` in nested dictionaries, at a ninth of its cost: plotly would set one property after the other,
    each as a change that something may listen to."""
    figure.layout = _merged(figure.layout.to_plotly_json(), {"template": "none", **changes})
    return figure


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    both = {name for name in old.keys() & new.keys() if isinstance(old[name], dict) and isinstance(new[name], dict)}
    return {**old, **new, **{name: _merged(old[name], new[name]) for name in both}}


def _titled(title: str, subtitle: str) -> dict[str, Any]:
    return {
        "text": title,
        "subtitle": {"text": subtitle, "font": {"size": 12, "color": TEXT}},
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": 22 if "<br>" in title else 12, "l": 8},
        "font": {"size": 15, "weight": 600, "color": TEXT},
    }


def keyed(sign: str, words: str, colour: str = GREY) -> str:
    """A mark and what it stands for: "■ Day", "━ Mean of 7 days"."""
    return f'<span style="color:{colour}">{sign}</span> {words}'


def nothing(what: str, unit: str) -> go.Figure:
    return framed(go.Figure(), say("{what}: nothing to show yet", what=what), unit, empty=True)


def lying_bars(bars: Sequence[Bar], finding: str, unit: str) -> go.Figure:
    """From top to bottom as given, each with its number at its end."""
    figure = go.Figure()
    places = list(range(len(bars)))
    common = {"y": places, "orientation": "h", "width": 0.72, "customdata": [hover(bar.sentence) for bar in bars]}
    if any(bar.behind for bar in bars):
        figure.add_bar(x=[bar.behind for bar in bars], marker_color=FAINT, hovertemplate=SENTENCE, **common)
    figure.add_bar(
        x=[bar.value for bar in bars],
        marker_color=[bar.colour for bar in bars],
        hovertemplate=SENTENCE,
        error_x=_whiskers(bars),
        **common,
    )
    ends = [max(bar.value, bar.behind, bar.clear_of, 0.0 if math.isnan(bar.high) else bar.high) for bar in bars]
    figure.add_scatter(
        x=ends,
        y=places,
        mode="text",
        text=[f" {wrapped(bar.told, 40)}" for bar in bars],
        textposition="middle right",
        textfont={"color": TEXT},
        cliponaxis=False,
        hoverinfo="skip",
    )
    framed(figure, finding, unit, empty=not bars, height=max(HEIGHT, 130 + _BAR_LINE * len(bars)))
    laid_out(figure, barmode="overlay", hovermode="closest", xaxis={"range": _reach(bars, ends), "visible": False})
    return named_rows(figure, [bar.label for bar in bars])


def _reach(bars: Sequence[Bar], ends: Sequence[float]) -> list[float]:
    """The range of lying bars: past the longest lies so much of the width as what is told needs on a phone."""
    told, name = max((len(bar.told) for bar in bars), default=0), max((len(bar.label) for bar in bars), default=0)
    share = min(told / (_PHONE_LETTERS - min(name, NAME_LETTERS)), 0.6)
    lowest, longest = min([0.0, *(bar.value for bar in bars)]), max(ends, default=0.0)
    return [lowest, longest + ((longest - lowest) or 1.0) * share / (1 - share)]


def mark_bars(figure: go.Figure, at: pd.Series) -> None:
    """A stroke across each of the lying bars, from top to bottom: what its length is to be held against."""
    figure.add_scatter(
        x=at,
        y=list(range(len(at))),
        mode="markers",
        marker={"symbol": "line-ns", "size": 16, "line": {"color": TEXT, "width": 2}},
        hoverinfo="skip",
    )


def _whiskers(bars: Sequence[Bar]) -> dict[str, Any]:
    if all(math.isnan(bar.high) for bar in bars):
        return {"visible": False}
    over, under = [bar.high - bar.value for bar in bars], [bar.value - bar.low for bar in bars]
    return {"type": "data", "array": over, "arrayminus": under, "color": TEXT, "thickness": 1.5, "width": 4}


def named_rows(figure: go.Figure, labels: Sequence[str], letters: int = NAME_LETTERS) -> go.Figure:
    """Names down the left side, of so many letters. Rows go by place: two people may be called the same."""
    axis = {
        "tickvals": list(range(len(labels))),
        "ticktext": [wrapped(shortened(label, letters), 99) for label in labels],
        "range": [max(len(labels), 4) - 0.5, -0.5],
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "ticklabelstandoff": 6,
    }
    return laid_out(figure, yaxis=axis)


def money_axis(figure: go.Figure, clinic: ClinicInfo, values: Sequence[float]) -> go.Figure:
    return number_axis(figure, values, lambda tick: money_short(clinic, tick))


def number_axis(figure: go.Figure, values: Sequence[float], told: Callable[[float], str] | None = None) -> go.Figure:
    """Whole numbers, unless it is `told` how they are written."""
    ticks = round_ticks(values, whole=told is None)
    words = list(map(told or "{:,.0f}".format, ticks))
    axis = {"tickvals": ticks, "ticktext": words, "range": _range(values, ticks)}
    return laid_out(figure, yaxis=axis)


def round_ticks(values: Sequence[float], *, whole: bool = False) -> list[float]:
    """Zero and about four round numbers, or fewer that are `whole`, past the largest value."""
    known = [value for value in values if math.isfinite(value)]
    low, high = min([0.0, *known]), max([0.0, *known])
    size = max((high - low) / 4, 1.0 if whole else 0.0) or 1
    power = 10.0 ** math.floor(math.log10(size))
    steps = [power * round_one for round_one in (1, 2, 2.5, 5, 10)]
    step = next(step for step in steps if step >= size * 0.999 and not (whole and step % 1))
    return [step * place for place in range(math.floor(low / step), math.ceil(high / step) + 1)]


def doctor_colour(doctor: str) -> str:
    """Muted and always the same for a name, whoever else is there; never near the accent."""
    if not doctor:
        return GREY
    drawn = int.from_bytes(sha256(doctor.encode()).digest()[:4], "big")
    hue = (210 + drawn % 12 * 26) % 360  # leaves out 137 to 209 degrees, where the accent lies
    rgb = colorsys.hls_to_rgb(hue / 360, 0.45 if drawn // 12 % 2 else 0.63, 0.34)
    return "#" + "".join(f"{round(255 * part):02X}" for part in rgb)


def _lines(key: Sequence[str]) -> list[str]:
    """The words of a key, as many to a line as go on a phone."""
    lines: list[str] = []
    for words in key:
        if lines and len(_MARKUP.sub("", f"{lines[-1]}   {words}")) <= _UNIT_LETTERS - 4:
            lines[-1] += f"   {words}"
        else:
            lines.append(words)
    return lines


def _range(values: Sequence[float], ticks: list[float]) -> list[float]:
    """Up to the largest value, or to the last tick where none above zero would be seen."""
    high = max([0.0, *(value for value in values if math.isfinite(value))])
    seen = any(0 < tick <= high for tick in ticks)
    return [ticks[0], (high if seen else ticks[-1]) * 1.06 or 1.0]
