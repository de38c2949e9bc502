"""Medicines with what is on hand of each, as a table in which a click on a name opens it."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.inventory import PACE_DAYS, StockLevel, StockState
from core.spreadsheet import harmless
from pages.ui.session import clinic

HIGHEST = 640
MARKS = {
    StockState.ENOUGH: "✓ Enough",
    StockState.RUNNING_OUT: "◔ Running out",
    StockState.LOW: "↓ Low",
    StockState.SOLD_OUT: "✕ Sold out",
}
LASTS = f"At the pace of the last {PACE_DAYS} days; empty: nothing was handed over."
COLOURS = ("green", "orange", "orange", "red")


def stock_table(levels: Sequence[StockLevel], key: str, on_open: Callable[[int], None]) -> None:
    """`on_open` is called with the id of the medicine that was clicked, before the page runs again."""

    def opened() -> None:
        on_open(levels[st.session_state[key].row].medicine_id)

    rows = [_row(level) for level in levels]
    if not any(row["Not usable"] for row in rows):
        rows = [{name: value for name, value in row.items() if name != "Not usable"} for row in rows]
    st.dataframe(
        rows,
        hide_index=True,
        placeholder="",
        height=min(35 * len(levels) + 38, HIGHEST),
        column_config={
            "Medicine": st.column_config.ButtonColumn(
                key=key, type="tertiary", alignment="left", width=270, pinned=True, on_click=opened
            ),
            "State": st.column_config.MultiselectColumn(options=list(MARKS.values()), color=COLOURS, width=115),
            "On hand": st.column_config.NumberColumn(format="localized"),
            "Reorder at": st.column_config.NumberColumn(format="localized"),
            "Lasts": st.column_config.NumberColumn(format="%d days", help=LASTS),
            "Order takes": st.column_config.NumberColumn(format="%d days", help="By its supplier; empty: not known."),
            "Value": st.column_config.NumberColumn(f"Value, {clinic().currency}", format="%.2f"),
            "Not usable": st.column_config.NumberColumn(help="Expired or blocked: it lies there but is no stock."),
        },
        alt="Medicines with what is on hand of each",
    )


def _row(level: StockLevel) -> dict[str, object]:
    return {
        "Medicine": harmless(level.name),
        "State": [MARKS[level.state]],
        "On hand": level.on_hand,
        "Unit": harmless(level.unit),
        "Reorder at": level.reorder_level,
        "Lasts": level.days_of_cover,
        "Order takes": level.pace.lead_days,
        "Not usable": level.expired + level.blocked or None,
        "Value": float(level.value),
    }
