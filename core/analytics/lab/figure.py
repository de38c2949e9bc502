"""The figure of a counted cohort: bars by one dimension, a heat map by two. What is hidden is shown as hidden."""

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts.language import ACCENT, GREY, SENTENCE, SOFT, Bar, doctor_colour, framed, lying_bars
from core.analytics.charts.words import hover
from core.analytics.lab.guard import in_words
from core.analytics.privacy import SMALLEST

NAMES = {"age_band": "age", "diagnosis_code": "diagnosis", "follow_up": "follow-up"}
IN_ORDER = frozenset({"month", "weekday", "hour", "age_band"})  # shown in their own order; others by size
MOST_BARS, MOST_COLUMNS = 25, 31


def figure(table: pd.DataFrame, to_share: bool = False) -> go.Figure:
    """Takes the `table` of a cohort; by patients, who are people: a visit more or less of one is no finding."""
    by = [name for name in table.columns if name not in ("visits", "patients", "hidden")]
    unit = f"Patients by {' and '.join(map(named, by))}" + (", rounded to 5" if to_share else "")
    if not by or table.empty:
        return framed(go.Figure(), "Patients: nothing to show yet", unit, empty=True)
    return _bars(table, by[0], unit) if len(by) == 1 else _heat_map(table, by, unit)


def named(dimension: str) -> str:
    """As people say it."""
    return NAMES.get(dimension, dimension)


def _bars(table: pd.DataFrame, by: str, unit: str) -> go.Figure:
    if by not in IN_ORDER:
        table = table.sort_values("patients", ascending=False, na_position="last", kind="stable")
    bars = [
        Bar(
            label=in_words(row[by]),
            value=0.0 if row["hidden"] else float(row["patients"]),
            told="hidden" if row["hidden"] else f"{row['patients']:,.0f}",
            sentence=_sentence([in_words(row[by])], row),
            colour=doctor_colour(str(row[by])) if by == "doctor" else GREY,
        )
        for _, row in table.head(MOST_BARS).iterrows()
    ]
    left_out = len(table) - len(bars)
    return lying_bars(bars, _finding(table, [by]), unit + (f"; {left_out:,} smaller left out" if left_out > 0 else ""))


def _heat_map(table: pd.DataFrame, by: list[str], unit: str) -> go.Figure:
    rows, columns = ([in_words(value) for value in _values(table, name)] for name in by)
    shown = table.assign(row=table[by[0]].map(in_words).astype("str"), column=table[by[1]].map(in_words).astype("str"))
    cells = {(row["row"], row["column"]): row for _, row in shown.iterrows()}
    grid = [[cells.get((row, column)) for column in columns] for row in rows]
    empty = "Nobody: {} and {}"
    drawn = go.Figure(
        go.Heatmap(
            x=list(range(len(columns))),
            y=list(range(len(rows))),
            z=[[None if cell is None or cell["hidden"] else cell["patients"] for cell in line] for line in grid],
            text=[
                ["" if cell is None else "–" if cell["hidden"] else f"{cell['patients']:,.0f}" for cell in line]
                for line in grid
            ],
            texttemplate="%{text}" if len(columns) <= 16 else None,
            customdata=[
                [
                    hover(empty.format(row, column) if cell is None else _sentence([row, column], cell))
                    for column, cell in zip(columns, line, strict=True)
                ]
                for row, line in zip(rows, grid, strict=True)
            ],
            hovertemplate=SENTENCE,
            colorscale=[[0, SOFT], [1, ACCENT]],
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )
    framed(
        drawn, _finding(table, by), f"{unit}; –: hidden, fewer than {SMALLEST}", height=max(380, 150 + 28 * len(rows))
    )
    drawn.update_xaxes(tickvals=list(range(len(columns))), ticktext=columns, side="bottom")
    return drawn.update_yaxes(tickvals=list(range(len(rows))), ticktext=rows, autorange="reversed", showgrid=False)


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
    return list(sizes.index[:MOST_COLUMNS])


def _finding(table: pd.DataFrame, by: list[str]) -> str:
    told = table[table["hidden"] == ""]
    if told.empty:
        return f"Too few patients to tell: every group has fewer than {SMALLEST}"
    most = told.sort_values("patients", ascending=False, kind="stable").iloc[0]
    where = ", ".join(in_words(most[name]) for name in by)
    return f"Most patients: {where} ({most['patients']:,.0f})"


def _sentence(cell: list[str], row: pd.Series) -> str:
    what = ", ".join(cell)
    return (
        f"{what}\nHidden: {row['hidden']}"
        if row["hidden"]
        else (f"{what}\n{row['patients']:,.0f} patients in {row['visits']:,.0f} visits")
    )
