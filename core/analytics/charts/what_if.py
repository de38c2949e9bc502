"""Scenarios of the waiting room, side by side."""

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts.counted import minutes
from core.analytics.charts.language import ACCENT, GREY, Bar, lying_bars, nothing
from core.analytics.charts.steps import pairs
from core.analytics.charts.words import percent
from core.words import say


def waits_compared(scenarios: pd.DataFrame) -> go.Figure:
    """Lying bars of P90, beside them the median; the shortest stands out. Takes `what_if.compared()`, whose first row
    is how it was."""
    unit = say("Minutes that nine of ten patients wait at most")
    known = scenarios.dropna(subset=["median", "p90"])
    if known.empty:
        return nothing(say("What if"), unit)
    best, base = known["p90"].idxmin(), known.index[0]
    bars = [
        Bar(
            label=str(name),
            value=row.p90,
            told=say("{p90:.0f}, half at most {median:.0f}", p90=row.p90, median=row.median),
            sentence=say(
                "{name}: half wait at most {p50}, nine of ten at most {p90}; {percent} wait longer than half an hour.",
                name=name,
                p50=minutes(row.median),
                p90=minutes(row.p90),
                percent=percent(row.over_30),
            ),
            colour=ACCENT if name == best and best != base else GREY,
        )
        for name, row in pairs(known)
    ]
    shortest, usual = float(known["p90"].min()), float(known["p90"].iloc[0])
    finding = say(
        "{best}: nine of ten wait at most {minutes} instead of {usual:.0f}",
        best=best,
        minutes=minutes(shortest),
        usual=usual,
    )
    if best == base or round(shortest) >= round(usual):
        finding = say(
            "{base}: nine of ten wait at most {minutes}, and no change makes it shorter",
            base=base,
            minutes=minutes(usual),
        )
    return lying_bars(bars, finding, unit)
