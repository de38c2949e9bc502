"""How the clinic ran: who came, how long they waited, how slots and doctors were used."""

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts.language import bars, finding, many, named, rows


def visits_per_day(summaries: pd.DataFrame) -> go.Figure:
    """Bars of completed `visits` with the mean of seven days. Takes `daily_summaries()`."""
    words = [
        f"{named(day)}<br>{many(row.visits, 'visit')} of {many(row.patients, 'patient')}"
        for day, row in rows(summaries)
    ]
    title = finding("Visits", summaries["visits"], lambda mean: f"{mean:,.1f} a day")
    return bars(summaries["visits"], words, title, "Completed visits per day")
