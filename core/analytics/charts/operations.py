"""How the clinic ran: who came, how long they waited, how slots and doctors were used."""

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts.language import framed, mean_key, nothing, number_axis, time_bars
from core.analytics.charts.steps import pairs, stepped
from core.analytics.charts.words import course, many


def visits_per_day(summaries: pd.DataFrame) -> go.Figure:
    """Bars of completed `visits` with their mean. Takes `daily_summaries()`."""
    totals, step = stepped(summaries, ["visits", "patients"])
    unit = f"Completed visits {step.note}, by day of the visit"
    if totals.empty:
        return nothing("Visits", unit)
    sentences = [
        f"{step.when(day)} {many(row.visits, 'visit')} of {many(row.patients, 'patient')} ended."
        for day, row in pairs(totals)
    ]
    figure = time_bars(totals["visits"], step, sentences)
    finding = course("Visits", totals["visits"], step, lambda mean: f"{mean:,.1f}")
    return number_axis(framed(figure, finding, unit, key=mean_key(totals["visits"], step)), list(totals["visits"]))
