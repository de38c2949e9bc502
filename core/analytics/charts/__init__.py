"""Figures from DataFrames: pure functions, used alike by screens and notebooks."""

from core.analytics.charts.billed import (
    billed_by_kind,
    dues_by_age,
    from_billed_to_received,
    receipts_by_method,
    refunds_per_day,
)
from core.analytics.charts.consumption import abc, consumption_per_month, stock_value
from core.analytics.charts.drawers import cash_differences, refunds_by_reason
from core.analytics.charts.losses import lead_times, losses_per_month
from core.analytics.charts.operations import arrivals_per_day, no_shows, slot_use, visits_per_day
from core.analytics.charts.pace import doctor_pace, forecast_coverage
from core.analytics.charts.patients import diagnoses_over_time, follow_ups, new_and_returning, retention
from core.analytics.charts.prescribing import (
    antibiotics_by_doctor,
    items_per_visit,
    most_prescribed,
    overridden_medicines,
    overrides_by_doctor,
    overrides_per_month,
)
from core.analytics.charts.revenue import revenue_by_doctor, revenue_per_day
from core.analytics.charts.stock import days_of_cover, medicines_per_day, money_at_risk, slow_movers
from core.analytics.charts.waits import queue_heat_map, waits_by_hour, waits_per_day
from core.analytics.charts.what_if import waits_compared

__all__ = [
    "abc",
    "antibiotics_by_doctor",
    "arrivals_per_day",
    "billed_by_kind",
    "cash_differences",
    "consumption_per_month",
    "days_of_cover",
    "diagnoses_over_time",
    "doctor_pace",
    "dues_by_age",
    "follow_ups",
    "forecast_coverage",
    "from_billed_to_received",
    "items_per_visit",
    "lead_times",
    "losses_per_month",
    "medicines_per_day",
    "money_at_risk",
    "most_prescribed",
    "new_and_returning",
    "no_shows",
    "overridden_medicines",
    "overrides_by_doctor",
    "overrides_per_month",
    "queue_heat_map",
    "receipts_by_method",
    "refunds_by_reason",
    "refunds_per_day",
    "retention",
    "revenue_by_doctor",
    "revenue_per_day",
    "slot_use",
    "slow_movers",
    "stock_value",
    "visits_per_day",
    "waits_by_hour",
    "waits_compared",
    "waits_per_day",
]
