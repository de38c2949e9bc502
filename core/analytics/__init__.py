"""What analysts and dashboards read: `from core.analytics import daily_summaries, visits, freshness, charts`.

Every function gives a tidy, typed DataFrame whose docstring names columns, units and what a missing value or a missing
day means; an empty result has the same columns and types. Patients are pseudonyms; `visits_with_names` needs the right
to read clinical records. `charts` makes figures of them.
"""

from core.analytics import charts
from core.analytics.feed import ClinicInfo, Freshness, clinic, freshness
from core.analytics.frames import daily_summaries, receipts_by_method, revenue_by_doctor, stock_movements
from core.analytics.history import visits, visits_with_names

__all__ = [
    "ClinicInfo",
    "Freshness",
    "charts",
    "clinic",
    "daily_summaries",
    "freshness",
    "receipts_by_method",
    "revenue_by_doctor",
    "stock_movements",
    "visits",
    "visits_with_names",
]
