"""The grid in which the lines of an order are typed: medicine, quantity, cost, and why if there is a reason."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from core.buying import OrderLine, OrderLineRecord, Suggestion
from pages.ui.numbers import amount, whole
from pages.ui.session import clinic

HIGHEST = 640
ROW, HEAD = 56, 38  # a row has room for a reason of two lines


def suggested(
    due: Sequence[Suggestion], unplaced: Sequence[Suggestion], medicines: Mapping[int, str], key: str
) -> list[OrderLine]:
    """What is due is ticked; `unplaced` medicines nobody has delivered yet may be. Rows can be added."""
    rows = [_row(line) | {"Order": line in due, "Why": line.why} for line in (*due, *unplaced)]
    columns = ["Order", "Medicine", "Quantity", "Cost", "Why"]
    typed = _grid(rows, columns, {line.medicine: line.medicine_id for line in due} | _ids(medicines), key, "add")
    return [line for line, row in typed if row["Order"] is not False]  # an added row is meant


def changed(lines: Sequence[OrderLineRecord], medicines: Mapping[int, str], key: str) -> list[OrderLine]:
    """The lines of an order that is there. Rows can be added and dropped."""
    ids = {line.medicine: line.medicine_id for line in lines} | _ids(medicines)
    typed = _grid([_row(line) for line in lines], ["Medicine", "Quantity", "Cost"], ids, key, "dynamic")
    return [line for line, _ in typed]


def _ids(medicines: Mapping[int, str]) -> dict[str, int]:
    return {name: medicine_id for medicine_id, name in medicines.items()}


def _row(line: Suggestion | OrderLineRecord) -> dict[str, object]:
    return {"Medicine": line.medicine, "Quantity": line.quantity, "Cost": float(line.unit_cost)}


def _grid(
    rows: Sequence[dict[str, object]],
    columns: Sequence[str],
    ids: Mapping[str, int],
    key: str,
    num_rows: Literal["add", "dynamic"],
) -> Iterable[tuple[OrderLine, dict[str, Any]]]:
    """Each line as it is typed now, with its row. A row without a medicine is none yet."""
    edited = st.data_editor(
        pd.DataFrame(rows, columns=pd.Index(columns)),
        hide_index=True,
        num_rows=num_rows,
        row_height=ROW if "Why" in columns else None,
        height=min(ROW * (len(rows) + 1) + HEAD, HIGHEST) if "Why" in columns else "auto",
        disabled=["Why"],
        column_config={
            "Order": st.column_config.CheckboxColumn(width=80, default=True),
            "Medicine": st.column_config.SelectboxColumn(options=list(ids), width=240),
            "Quantity": st.column_config.NumberColumn(min_value=1, step=1, format="localized", width=90),
            "Cost": st.column_config.NumberColumn(f"Cost, {clinic().currency}", min_value=0.0, format="%.2f", width=90),
            "Why": st.column_config.TextColumn(width=380),
        },
        key=key,
        alt="Lines of the order",
    )
    for row in edited.to_dict("records"):
        named = {str(column): cell for column, cell in row.items()}
        if named["Medicine"] in ids:
            quantity, cost = whole(_number(named["Quantity"])), amount(_number(named["Cost"]))
            yield OrderLine(ids[named["Medicine"]], quantity, cost), named


def _number(cell: Any) -> float | None:
    return None if cell is None or pd.isna(cell) else float(cell)
