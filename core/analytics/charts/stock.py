"""Medicines: what is handed over, what lies there, what runs out and what expires."""

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts.language import bars, finding, many, named, rows


def medicines_per_day(summaries: pd.DataFrame) -> go.Figure:
    """Bars of `medicines_dispensed` with the mean of seven days. Takes `daily_summaries()`."""
    words = [f"{named(day)}<br>{many(row.medicines_dispensed, 'unit')} handed over" for day, row in rows(summaries)]
    title = finding("Medicines", summaries["medicines_dispensed"], lambda mean: f"{mean:,.0f} units a day")
    return bars(summaries["medicines_dispensed"], words, title, "Units handed over per day")
