"""Medicines with what is on hand of each, as a table in which a click on a name opens it."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.inventory import PACE_DAYS, StockLevel, StockState
from core.spreadsheet import harmless
from core.words import later, say
from pages.ui.session import clinic

HIGHEST = 640
MARKS = {
    StockState.ENOUGH: later("✓ Enough"),
    StockState.RUNNING_OUT: later("◔ Running out"),
    StockState.LOW: later("↓ Low"),
    StockState.SOLD_OUT: later("✕ Sold out"),
}
LASTS = later("At the pace of the last {days} days; empty: nothing was handed over.")
COLOURS = ("green", "orange", "orange", "red")


def stock_table(levels: Sequence[StockLevel], key: str, on_open: Callable[[int], None]) -> None:
    """`on_open` is called with the id of the medicine that was clicked, before the page runs again."""

    def opened() -> None:
        on_open(levels[st.session_state[key].row].medicine_id)

    rows = [_row(level) for level in levels]
    if not any(row["unusable"] for row in rows):
        rows = [{name: value for name, value in row.items() if name != "unusable"} for row in rows]
    name = st.column_config.ButtonColumn(
        say("Medicine"), key=key, type="tertiary", alignment="left", width=270, pinned=True, on_click=opened
    )
    st.dataframe(
        rows, hide_index=True, placeholder="", height=min(35 * len(levels) + 38, HIGHEST),
        column_config={"medicine": name, **_columns()},
        alt=say("Medicines with what is on hand of each"),
    )  # fmt: skip


def _columns() -> dict[str, Any]:
    config, days, worth = st.column_config, say("%d days"), say("Value, {currency}", currency=clinic().currency)
    marks = list(map(say, MARKS.values()))
    lasts, takes = say(LASTS, days=PACE_DAYS), say("By its supplier; empty: not known.")
    return {
        "state": config.MultiselectColumn(say("State"), options=marks, color=COLOURS, width=115),
        "on_hand": config.NumberColumn(say("On hand"), format="localized"),
        "unit": config.TextColumn(say("Unit")),
        "reorder_at": config.NumberColumn(say("Reorder at"), format="localized"),
        "lasts": config.NumberColumn(say("Lasts"), format=days, help=lasts),
        "order_takes": config.NumberColumn(say("Order takes"), format=days, help=takes),
        "unusable": config.NumberColumn(
            say("Not usable"), help=say("Expired or blocked: it lies there but is no stock.")
        ),
        "value": config.NumberColumn(worth, format="%.2f"),
    }


def _row(level: StockLevel) -> dict[str, object]:
    return {
        "medicine": harmless(level.name),
        "state": [say(MARKS[level.state])],
        "on_hand": level.on_hand,
        "unit": harmless(level.unit),
        "reorder_at": level.reorder_level,
        "lasts": level.days_of_cover,
        "order_takes": level.pace.lead_days,
        "unusable": level.expired + level.blocked or None,
        "value": float(level.value),
    }
