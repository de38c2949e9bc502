"""Scenarios of the waiting room, side by side."""

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts.language import ACCENT, GREY, Bar, lying_bars, nothing
from core.analytics.charts.steps import pairs
from core.analytics.charts.words import minutes, percent


def waits_compared(scenarios: pd.DataFrame) -> go.Figure:
    """Lying bars of P90, beside them the median; the shortest stands out. Takes `what_if.compared()`, whose first row
    is how it was."""
    unit = "Minutes that nine of ten patients wait at most"
    known = scenarios.dropna(subset=["median", "p90"])
    if known.empty:
        return nothing("What if", unit)
    best, base = known["p90"].idxmin(), known.index[0]
    bars = [
        Bar(
            label=str(name),
            value=row.p90,
            told=f"{row.p90:.0f}, half at most {row.median:.0f}",
            sentence=f"{name}: half wait at most {minutes(row.median)}, nine of ten at most {minutes(row.p90)}; "
            f"{percent(row.over_30)} wait longer than half an hour.",
            colour=ACCENT if name == best and best != base else GREY,
        )
        for name, row in pairs(known)
    ]
    shortest, usual = float(known["p90"].min()), float(known["p90"].iloc[0])
    finding = f"{best}: nine of ten wait at most {minutes(shortest)} instead of {usual:.0f}"
    if best == base or round(shortest) >= round(usual):
        finding = f"{base}: nine of ten wait at most {minutes(usual)}, and no change makes it shorter"
    return lying_bars(bars, finding, unit)
