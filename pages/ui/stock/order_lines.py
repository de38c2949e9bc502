"""The grid in which the lines of an order are typed: medicine, quantity, cost; and why what is suggested is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from core.buying import OrderLine, OrderLineRecord, Suggestion
from core.words import say
from pages.ui import scanning
from pages.ui.keyboard import keyboard
from pages.ui.numbers import amount, whole
from pages.ui.session import clinic
from pages.ui.show import plain
from pages.ui.typed_grid import held

HIGHEST = 560

Typed = Iterable[tuple[OrderLine, dict[str, Any]]]  # each line with its row


def suggested(
    due: Sequence[Suggestion], unplaced: Sequence[Suggestion], medicines: Mapping[int, str], key: str
) -> list[OrderLine]:
    """What is due is ticked; `unplaced` medicines nobody has delivered yet may be. Rows are added by hand or a scan."""
    offered = held(key, [(line, True) for line in due] + [(line, False) for line in unplaced])
    scans = st.session_state.setdefault(f"{key}_scans", [])  # after each one the rows as they stood, and the new one
    rows = scans[-1] if scans else [_row(line) | {"Order": is_due} for line, is_due in offered]
    columns = ["Order", "Medicine", "Quantity", "Cost"]
    typed = list(_grid(rows, columns, _ids(medicines), f"{key}_{len(scans)}" if scans else key, "add"))
    if offered:
        reasons = [f"**{plain(line.medicine)}** {plain(line.why)}" for line, _ in offered]
        st.caption("  \n".join(reasons))
    if (code := keyboard(focus_id=key)) and (meant := scanning.medicines_meant(code, scanned=True) & medicines.keys()):
        scans.append(_with_scanned(typed, {found: medicines[found] for found in sorted(meant)}))
        st.rerun()
    return [line for line, row in typed if row["Order"] is not False]  # an added row is meant


def _with_scanned(typed: Typed, meant: Mapping[int, str]) -> list[dict[str, Any]]:
    """The rows as they were typed, with what was scanned ticked, or added where it is in none of them."""
    ticked = [row | {"Order": row["Order"] is not False or line.medicine_id in meant} for line, row in typed]
    there = {line.medicine_id for line, _ in typed}
    return ticked + [{"Order": True, "Medicine": name} for found, name in meant.items() if found not in there]


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
) -> Typed:
    """Each line as it is typed now. A row without a medicine is none yet."""
    edited = st.data_editor(
        pd.DataFrame(rows, columns=pd.Index(columns)),
        hide_index=True,
        num_rows=num_rows,
        height=min(35 * (len(rows) + 2) + 3, HIGHEST),
        column_config=_columns(list(ids)),
        key=key,
        alt=say("Lines of the order"),
    )
    for row in edited.to_dict("records"):
        named = {str(column): cell for column, cell in row.items()}
        if named["Medicine"] in ids:
            quantity, cost = whole(_number(named["Quantity"])), amount(_number(named["Cost"]))
            yield OrderLine(ids[named["Medicine"]], quantity, cost), named


def _columns(medicines: list[str]) -> dict[str, Any]:
    cost = say("Cost, {currency}", currency=clinic().currency)
    return {
        "Order": st.column_config.CheckboxColumn(say("Order"), width=80, default=True),
        "Medicine": st.column_config.SelectboxColumn(say("Medicine"), options=medicines, width=320),
        "Quantity": st.column_config.NumberColumn(say("Quantity"), min_value=1, step=1, format="localized", width=90),
        "Cost": st.column_config.NumberColumn(cost, min_value=0.0, format="%.2f", width=90),
    }


def _number(cell: Any) -> float | None:
    return None if cell is None or pd.isna(cell) else float(cell)
