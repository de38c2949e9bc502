"""Money: what was billed, received, owed and given back."""

import pandas as pd
import plotly.graph_objects as go

from core.analytics.charts.language import bars, finding, many, named, rows
from core.analytics.feed import ClinicInfo


def revenue_per_day(summaries: pd.DataFrame, clinic: ClinicInfo) -> go.Figure:
    """Bars of `revenue` (by the day of the invoice) with the mean of seven days. Takes `daily_summaries()`."""
    words = [
        f"{named(day)}<br>{clinic.money(float(row.revenue))} from {many(row.invoices, 'invoice')}"
        for day, row in rows(summaries)
    ]
    unit = f"Revenue per day{f', {clinic.currency}' if clinic.symbol else ''}"
    title = finding("Revenue", summaries["revenue"], lambda mean: f"{clinic.money_round(mean)} a day")
    figure = bars(summaries["revenue"], words, title, f"{unit}, by date of invoice")
    return figure.update_yaxes(tickprefix=clinic.symbol)
