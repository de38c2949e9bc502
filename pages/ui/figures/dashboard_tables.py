"""Tables under the figures: rows of a frame with their own menu, money and days as the clinic writes them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from core.spreadsheet import harmless
from core.words import ENGLISH, language, say
from pages.ui.figures import dashboard
from pages.ui.figures.dashboard import View
from pages.ui.figures.dashboard_card import headed, take_data
from pages.ui.session import clinic
from pages.ui.show import day_format, empty

MOST_ROWS, HIGHEST_PX = 5_000, 480
MONEY = ("total", "paid", "refunded", "due", "at_risk_value")


def table(
    name: str,
    title: str,
    rows: pd.DataFrame,
    columns: Mapping[str, Any],
    view: View,
    nothing: str,
    said: Sequence[str] = (),
) -> None:
    """`columns` of a frame, each with its heading or its column_config; `nothing` is said where there are no rows.

    `said` are columns of words that are ours: people read them in their language, files keep them as they are.
    """
    with st.container(border=True, key=f"table_{name}"):
        with headed(name, title):
            take_data(name, view, title, lambda: rows[list(columns)])
        if rows.empty:
            empty(nothing, "check")
            return
        shown = rows[list(columns)].head(MOST_ROWS)
        for words in said:
            shown[words] = shown[words].map(say)
        for column in shown.select_dtypes(include=["str", "category"]):
            shown[column] = shown[column].astype("str").map(harmless)
        st.dataframe(
            _with_currency(shown),
            hide_index=True,
            column_config=dict(columns),
            height=min(35 * len(shown) + 38, HIGHEST_PX),
            key=f"rows_{name}",
            alt=title,
        )
        if len(rows) > MOST_ROWS:
            st.caption(
                say("The first {shown:,} of {rows:,}; a download has them all.", shown=MOST_ROWS, rows=len(rows))
            )


def _with_currency(shown: pd.DataFrame) -> pd.DataFrame | Styler:
    """Amounts as the clinic writes them; they are still sorted as numbers."""
    told: Any = {name: _as_money(shown[name]).get for name in MONEY if name in shown}
    return shown.style.format(told) if told else shown


def _as_money(amounts: pd.Series) -> dict[float, str]:
    """Each amount is written once: many bills are of the same one."""
    here = dashboard.here()
    return {amount: here.money(amount) for amount in amounts.unique()}


def money_column(title: str, **more: Any) -> Any:
    return st.column_config.NumberColumn(title, **more)


def day_column(title: str, **more: Any) -> Any:
    return st.column_config.DateColumn(title, format=table_days(), **more)


def table_days() -> str:
    """As a table in the browser writes days, which knows no months but the English ones."""
    return "D MMM YYYY" if language() == ENGLISH else day_format()


def table_moments() -> str:
    """With the time, by a clock of twelve hours where the clinic's country has one."""
    of_twelve = "a" in clinic().locale.time_formats["short"].pattern
    return f"{table_days()}, {'h:mm A' if of_twelve else 'HH:mm'}"


def text_column(title: str, **more: Any) -> Any:
    return st.column_config.TextColumn(title, **more)


def number_column(title: str, **more: Any) -> Any:
    return st.column_config.NumberColumn(title, format="localized", **more)
