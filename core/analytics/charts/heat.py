"""A table as a heat map: one colour, deeper where there is more, the number in each cell."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.analytics.charts.language import NAME_LETTERS, SENTENCE, TEXT, laid_out, named_rows

Table = Sequence[Sequence[str]]
# Pale or deep with little between: a number in a half-deep cell would not read on light and on dark alike.
_DEPTHS = [(0.0, 0.04), (0.5, 0.25), (0.54, 0.7), (1.0, 1.0)]
_FEW_COLUMNS, _FEWER_LETTERS = 7, 22  # many need for their numbers what names could have


def heat_map(
    cells: NDArray[np.float64], rows: Sequence[str], columns: Sequence[str], words: Table, hovers: Table
) -> go.Figure:
    """`cells` are 0 to the largest, NaN where there is nothing to colour; `words` stand in them, "" for none."""
    figure = go.Figure()
    known = cells[np.isfinite(cells)]
    largest = max(float(known.max()), 1e-9) if known.size else 1.0
    figure.add_heatmap(
        z=cells,
        x=list(range(len(columns))),
        y=list(range(len(rows))),
        colorscale=[[at, f"rgba(18,134,126,{depth})"] for at, depth in _DEPTHS],
        zmin=0,
        zmax=largest,
        showscale=False,
        xgap=2 if len(columns) <= 30 else 0,
        ygap=2,
        customdata=hovers,
        hovertemplate=SENTENCE,
        hoverongaps=False,
    )
    places = [(row, column) for row in range(len(rows)) for column in range(len(columns)) if words[row][column]]
    figure.add_scatter(
        x=[column for _, column in places],
        y=[row for row, _ in places],
        mode="text",
        text=[words[row][column] for row, column in places],
        textfont={"size": 11, "color": ["#FFFFFF" if cells[at] > 0.52 * largest else TEXT for at in places]},
        hoverinfo="skip",
    )
    every = 1 + (len(columns) - 1) // (14 if max(map(len, columns), default=0) < 3 else 7)
    shown = list(range(0, len(columns), every))
    axis = {"range": [-0.5, len(columns) - 0.5], "fixedrange": True, "ticks": "", "tickangle": 0}
    laid_out(figure, xaxis={**axis, "tickvals": shown, "ticktext": [columns[at] for at in shown]})
    return named_rows(figure, rows, NAME_LETTERS if len(columns) <= _FEW_COLUMNS else _FEWER_LETTERS)
