"""The figure of a counted cohort: bars by one dimension, a heat map by two. What is hidden is shown as hidden."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts import counted
from core.analytics.charts.language import (
    ACCENT,
    GREY,
    HEIGHT,
    SENTENCE,
    TEXT,
    Bar,
    doctor_colour,
    framed,
    laid_out,
    lying_bars,
    named_rows,
    nothing,
)
from core.analytics.charts.words import hover, listed
from core.analytics.lab.guard import in_words
from core.analytics.privacy import SMALLEST
from core.words import later, say

NAMES = {
    "month": later("month"),
    "weekday": later("weekday"),
    "hour": later("hour"),
    "sex": later("sex"),
    "age_band": later("age"),
    "doctor": later("doctor"),
    "diagnosis_code": later("diagnosis"),
    "medicine": later("medicine"),
    "follow_up": later("follow-up"),
}
IN_ORDER = frozenset({"month", "weekday", "hour", "age_band"})  # shown in their own order; others by size
FEWEST = "#7C8890"  # white numbers are read on it as on the accent, on light and on dark
MOST_BARS, MOST_VALUES, MOST_WITH_NUMBERS = 25, 31, 16


def figure(table: pd.DataFrame, to_share: bool = False) -> go.Figure:
    """Takes the `table` of a cohort; by patients, who are people: a visit more or less of one is no finding."""
    by = [name for name in table.columns if name not in ("visits", "patients", "hidden")]
    unit = say("Patients by {dimensions}", dimensions=listed(map(named, by)) if by else "")
    unit = say("{unit}, rounded to 5", unit=unit) if to_share else unit
    if not by or table.empty:
        return nothing(say("Patients"), unit)
    return _bars(table, by[0], unit) if len(by) == 1 else _heat_map(table, by, unit)


def named(dimension: str) -> str:
    """As people say it."""
    return say(NAMES.get(dimension, dimension))


def _bars(table: pd.DataFrame, by: str, unit: str) -> go.Figure:
    if by not in IN_ORDER:
        table = table.sort_values("patients", ascending=False, na_position="last", kind="stable")
    bars = [
        Bar(
            label=in_words(by, row[by]),
            value=0.0 if row["hidden"] else float(row["patients"]),
            told=say("hidden") if row["hidden"] else f"{row['patients']:,.0f}",
            sentence=_sentence([in_words(by, row[by])], row),
            colour=doctor_colour(str(row[by])) if by == "doctor" else GREY,
        )
        for row in table.head(MOST_BARS).to_dict("records")
    ]
    left_out = len(table) - len(bars)
    if left_out > 0:
        unit = say("{unit}; {number:,} smaller left out", unit=unit, number=left_out)
    return lying_bars(bars, _finding(table, [by]), unit)


def _heat_map(table: pd.DataFrame, by: list[str], unit: str) -> go.Figure:
    """The dimension with more values goes down, where there is room."""
    down, across = sorted(by, key=lambda name: -table[name].nunique())
    rows, columns = ([in_words(name, value) for value in _values(table, name)] for name in (down, across))
    places = zip(*([in_words(name, value) for value in table[name]] for name in (down, across)), strict=True)
    cells = dict(zip(places, table.to_dict("records"), strict=True))
    grid = [[cells.get((row, column)) for column in columns] for row in rows]
    drawn = go.Figure(
        go.Heatmap(
            x=list(range(len(columns))),
            y=list(range(len(rows))),
            z=[[None if cell is None or cell["hidden"] else cell["patients"] for cell in line] for line in grid],
            text=[[_in_cell(cell) for cell in line] for line in grid],
            textfont={"color": "#FFFFFF"},
            texttemplate="%{text}" if len(columns) <= MOST_WITH_NUMBERS else None,
            customdata=[
                [hover(_sentence([row, column], cell)) for column, cell in zip(columns, line, strict=True)]
                for row, line in zip(rows, grid, strict=True)
            ],
            hovertemplate=SENTENCE,
            colorscale=[[0, FEWEST], [1, ACCENT]],
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )
    hidden = [(x, y) for y, line in enumerate(grid) for x, cell in enumerate(line) if cell and cell["hidden"]]
    drawn.add_scatter(
        x=[x for x, _ in hidden],
        y=[y for _, y in hidden],
        mode="text",
        text="–",
        textfont={"color": TEXT},
        hoverinfo="skip",
    )
    framed(drawn, _finding(table, by), say("{unit}; –: hidden", unit=unit), height=max(HEIGHT, 150 + 28 * len(rows)))
    below = {"tickvals": list(range(len(columns))), "ticktext": columns, "side": "bottom"}
    return laid_out(named_rows(drawn, rows), xaxis=below, yaxis={"range": [len(rows) - 0.5, -0.5]})


def _in_cell(cell: dict[Hashable, Any] | None) -> str:
    return "" if cell is None or cell["hidden"] else f"{cell['patients']:,.0f}"


def _values(table: pd.DataFrame, name: str) -> list[object]:
    """Of a dimension: in its order, or the largest first; as many as there is room for."""
    if name in IN_ORDER:
        known = (
            sorted(table[name].dropna().unique())
            if not isinstance(table[name].dtype, pd.CategoricalDtype)
            else [value for value in table[name].cat.categories if (table[name] == value).any()]
        )
        return [*known, *([None] if table[name].isna().any() else [])]
    sizes = table.groupby(name, observed=True)["patients"].sum().sort_values(ascending=False, kind="stable")
    return list(sizes.index[:MOST_VALUES])


def _finding(table: pd.DataFrame, by: list[str]) -> str:
    told = table[table["hidden"] == ""]
    if told.empty:
        return say("Too few patients to tell: every group has fewer than {number}", number=SMALLEST)
    most = told.sort_values("patients", ascending=False, kind="stable").iloc[0]
    where = ", ".join(in_words(name, most[name]) for name in by)
    return say("Most patients: {where} ({number:,.0f})", where=where, number=most["patients"])


def _sentence(where: list[str], row: Mapping[Hashable, Any] | None) -> str:
    what = ", ".join(where)
    if row is None:
        told = say("Nobody")
    elif row["hidden"]:
        told = say("Hidden: {why}", why=say(row["hidden"]))
    else:
        patients, visits = counted.patients(row["patients"]), counted.visits(row["visits"])
        told = say("{patients} in {visits}", patients=patients, visits=visits)
    return f"{what}\n{told}"
