"""What analysts and dashboards read: `from core.analytics import daily_summaries, visits, freshness, charts`.

Every function gives a tidy, typed DataFrame whose docstring names columns, units and what a missing value or a missing
day means; an empty result has the same columns and types. The same stands in `dictionary` and docs/data-dictionary.md.
Patients are pseudonyms; `visits_with_names` needs the right to read clinical records. `charts` makes figures of them.
"""

from core.analytics import charts
from core.analytics.buying import purchase_orders
from core.analytics.cohorts import diagnoses_per_month, patients_per_month, retention
from core.analytics.days import billed_by_kind, daily_summaries, receipts_by_method, revenue_by_doctor
from core.analytics.drawers import advances, day_closes, refunds
from core.analytics.feed import ClinicInfo, Freshness, clinic, freshness
from core.analytics.history import diagnoses, prescriptions, visits, visits_with_names
from core.analytics.levels import expiry, stock_on_hand
from core.analytics.money import invoices, payments, receivables
from core.analytics.operations import waiting_times
from core.analytics.prescribing import medicines_per_month, overrides, prescribing
from core.analytics.stock import consumption, stock_losses, stock_movements

__all__ = [
    "ClinicInfo",
    "Freshness",
    "advances",
    "billed_by_kind",
    "charts",
    "clinic",
    "consumption",
    "daily_summaries",
    "day_closes",
    "diagnoses",
    "diagnoses_per_month",
    "expiry",
    "freshness",
    "invoices",
    "medicines_per_month",
    "overrides",
    "patients_per_month",
    "payments",
    "prescribing",
    "prescriptions",
    "purchase_orders",
    "receipts_by_method",
    "receivables",
    "refunds",
    "retention",
    "revenue_by_doctor",
    "stock_losses",
    "stock_movements",
    "stock_on_hand",
    "visits",
    "visits_with_names",
    "waiting_times",
]
