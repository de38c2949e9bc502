"""Figures from DataFrames: pure functions, used alike by screens and notebooks."""

from core.analytics.charts.operations import arrivals_per_day, no_shows, slot_use, visits_per_day
from core.analytics.charts.pace import doctor_pace, forecast_coverage
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
from core.analytics.charts.waits import queue_heat_map, waits_by_hour, waits_per_day

__all__ = [
    "arrivals_per_day",
    "billed_by_kind",
    "doctor_pace",
    "dues_by_age",
    "forecast_coverage",
    "from_billed_to_received",
    "medicines_per_day",
    "no_shows",
    "queue_heat_map",
    "receipts_by_method",
    "refunds_per_day",
    "revenue_by_doctor",
    "revenue_per_day",
    "slot_use",
    "visits_per_day",
    "waits_by_hour",
    "waits_per_day",
]
