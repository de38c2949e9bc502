"""Figures from DataFrames: pure functions, used alike by screens and notebooks."""

from core.analytics.charts.operations import visits_per_day
from core.analytics.charts.revenue import (
    billed_by_kind,
    dues_by_age,
    from_billed_to_received,
    receipts_by_method,
    refunds_per_day,
    revenue_by_doctor,
    revenue_per_day,
)
from core.analytics.charts.stock import medicines_per_day

__all__ = [
    "billed_by_kind",
    "dues_by_age",
    "from_billed_to_received",
    "medicines_per_day",
    "receipts_by_method",
    "refunds_per_day",
    "revenue_by_doctor",
    "revenue_per_day",
    "visits_per_day",
]
