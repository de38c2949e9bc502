"""What a number box gives, as workflows want it. An empty box becomes a number that the workflow refuses in words."""

from decimal import Decimal
from typing import Any, cast

import streamlit as st


def amount(typed: float | None) -> Decimal:
    """Money or a percentage, exactly as it was typed."""
    return Decimal("NaN") if typed is None else Decimal(str(typed))


def whole(typed: float | None) -> int:
    """What is no whole number stays as it is, for the workflow to refuse."""
    return -1 if typed is None else cast(int, typed) if typed % 1 else int(typed)


def units_box(label: str, value: int | None = None, **more: Any) -> float | None:
    """A box for a number of units. Streamlit's own box for whole numbers makes 2 of 2.5 without a word."""
    return st.number_input(label, 0.0, value=None if value is None else float(value), step=1.0, format="%.10g", **more)
