"""Figures from DataFrames: pure functions, used alike by screens and notebooks."""

from core.analytics.charts.operations import visits_per_day
from core.analytics.charts.revenue import revenue_per_day
from core.analytics.charts.stock import medicines_per_day

__all__ = ["medicines_per_day", "revenue_per_day", "visits_per_day"]
