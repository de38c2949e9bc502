"""Medicines: what is handed over, what lies there, what runs out and what expires."""

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts.language import framed, mean_key, nothing, number_axis, time_bars
from core.analytics.charts.steps import pairs, stepped
from core.analytics.charts.words import course, many


def medicines_per_day(summaries: pd.DataFrame) -> go.Figure:
    """Bars of `medicines_dispensed` with their mean. Takes `daily_summaries()`."""
    totals, step = stepped(summaries, ["medicines_dispensed"])
    unit = f"Units handed over {step.note}, by the day it was done"
    if totals.empty:
        return nothing("Medicines", unit)
    values = totals["medicines_dispensed"]
    sentences = [f"{step.when(day)} {many(units, 'unit')} handed over." for day, units in pairs(values)]
    figure = time_bars(values, step, sentences)
    finding = course("Medicines", values, step, lambda mean: f"{mean:,.0f} units")
    return number_axis(framed(figure, finding, unit, key=mean_key(values, step)), list(values))
