"""Medicines with what is on hand of each, as a table in which a click on a name opens it."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from babel.numbers import get_currency_precision

from core import dosage
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
    StockState.NONE_YET: later("○ None yet"),
}
LASTS = later("At the pace of the last {days} days; empty: nothing was handed over.")
COLOURS = ("green", "orange", "orange", "red", "gray")


def stock_table(levels: Sequence[StockLevel], key: str, on_open: Callable[[int], None]) -> None:
    """`on_open` is called with the id of the medicine that was clicked, before the page runs again."""

    def opened() -> None:
        on_open(levels[st.session_state[key].row].medicine_id)

    rows = [_row(level) for level in levels]
    if not any(row["Not usable"] for row in rows):
        rows = [{name: value for name, value in row.items() if name != "Not usable"} for row in rows]
    name = st.column_config.ButtonColumn(
        say("Medicine"), key=key, type="tertiary", alignment="left", width=290, pinned=True, on_click=opened
    )
    st.dataframe(
        rows, hide_index=True, placeholder="", height=min(35 * len(levels) + 38, HIGHEST),
        column_config={"Medicine": name, **_columns()},
        alt=say("Medicines with what is on hand of each"),
    )  # fmt: skip


def _columns() -> dict[str, Any]:
    config, currency = st.column_config, clinic().currency
    coin = 10 ** -get_currency_precision(currency)  # the smallest: its decimals are shown
    marks = list(map(say, MARKS.values()))
    lasts, takes = say(LASTS, days=PACE_DAYS), say("By its supplier; empty: not known.")
    return {
        "State": config.MultiselectColumn(say("State"), options=marks, color=COLOURS, width=115),
        "On hand": config.NumberColumn(say("On hand"), format="localized"),
        "Unit": config.TextColumn(say("Unit")),
        "Reorder at": config.NumberColumn(say("Reorder at"), format="localized"),
        "Lasts": config.NumberColumn(say("Lasts, days"), help=lasts),
        "Delivery": config.NumberColumn(say("Delivery, days"), help=takes),
        "Not usable": config.NumberColumn(
            say("Not usable"), help=say("Expired or blocked: it lies there but is no stock.")
        ),
        "Value": config.NumberColumn(say("Value, {currency}", currency=currency), format="localized", step=coin),
    }


def _row(level: StockLevel) -> dict[str, object]:
    return {
        "Medicine": harmless(level.name),
        "State": [say(MARKS[level.state])],
        "On hand": level.on_hand,
        "Unit": harmless(dosage.counted(1, level.unit)),
        "Reorder at": level.reorder_level,
        "Lasts": level.days_of_cover,
        "Delivery": level.pace.lead_days,
        "Not usable": level.expired + level.blocked or None,
        "Value": float(level.value),
    }
