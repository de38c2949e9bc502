"""Medicines with what is on hand of each, as a table in which a click on a name opens it."""

from collections.abc import Callable, Sequence

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
            say("Medicine"): st.column_config.ButtonColumn(
                key=key, type="tertiary", alignment="left", width=270, pinned=True, on_click=opened
            ),
            say("State"): st.column_config.MultiselectColumn(options=list(MARKS.values()), color=COLOURS, width=115),
            say("On hand"): st.column_config.NumberColumn(format="localized"),
            say("Reorder at"): st.column_config.NumberColumn(format="localized"),
            say("Lasts"): st.column_config.NumberColumn(format="%d days", help=LASTS),
            say("Order takes"): st.column_config.NumberColumn(
                format="%d days", help=say("By its supplier; empty: not known.")
            ),
            say("Value"): st.column_config.NumberColumn(
                say("Value, {currency}", currency=clinic().currency), format="%.2f"
            ),
            say("Not usable"): st.column_config.NumberColumn(
                help=say("Expired or blocked: it lies there but is no stock.")
            ),
        },
        alt=say("Medicines with what is on hand of each"),
    )


def _row(level: StockLevel) -> dict[str, object]:
    return {
        say("Medicine"): harmless(level.name),
        say("State"): [MARKS[level.state]],
        say("On hand"): level.on_hand,
        say("Unit"): harmless(level.unit),
        say("Reorder at"): level.reorder_level,
        say("Lasts"): level.days_of_cover,
        say("Order takes"): level.pace.lead_days,
        say("Not usable"): level.expired + level.blocked or None,
        say("Value"): float(level.value),
    }
