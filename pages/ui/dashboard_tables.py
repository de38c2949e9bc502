"""Tables under the figures: rows of a frame with their own menu, money and days as the clinic writes them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from babel.numbers import get_currency_precision

from pages.ui import dashboard
from pages.ui.dashboard import View
from pages.ui.dashboard_card import take_data
from pages.ui.show import cell, empty, plain

MOST_ROWS, HIGHEST_PX = 5_000, 480


def table(
    name: str, title: str, rows: pd.DataFrame, columns: Mapping[str, Any], view: View, nothing: str = "Nothing."
) -> None:
    """`columns` of a frame, each with its heading or its column_config; `nothing` is said where there are no rows."""
    with st.container(border=True, key=f"table_{name}"):
        with st.container(horizontal=True, wrap=False, vertical_alignment="top"):
            st.markdown(f"**{plain(title)}**", width="stretch")
            with st.popover("", icon=":material/more_horiz:", type="tertiary", help="Download"):
                take_data(name, view, title, lambda: rows[list(columns)])
        if rows.empty:
            empty(nothing, "check")
            return
        shown = rows[list(columns)].head(MOST_ROWS)
        for column in shown.select_dtypes(include=["str", "category"]):
            shown[column] = shown[column].astype("str").map(cell)
        st.dataframe(
            shown,
            hide_index=True,
            column_config=dict(columns),
            height=min(35 * len(shown) + 38, HIGHEST_PX),
            key=f"rows_{name}",
            alt=title,
        )
        if len(rows) > MOST_ROWS:
            st.caption(f"The first {MOST_ROWS:,} of {len(rows):,}; a download has them all.")


def money_column(title: str, **more: Any) -> Any:
    decimals = get_currency_precision(dashboard.here().currency)
    return st.column_config.NumberColumn(title, format=f"%.{decimals}f", **more)


def day_column(title: str, **more: Any) -> Any:
    return st.column_config.DateColumn(title, format="D MMM YYYY", **more)


def text_column(title: str, **more: Any) -> Any:
    return st.column_config.TextColumn(title, **more)


def number_column(title: str, **more: Any) -> Any:
    return st.column_config.NumberColumn(title, format="localized", **more)
