"""Cohorts by clicks: a choice becomes pandas code, and that very code makes the table.

`Cohort.code()` is what the screen shows, what the notebook holds and what `run` executes: there is no second way to
the numbers. Counts of fewer than 8 patients are hidden by `guarded`, which is the last step of that code.
"""

from core.analytics.lab.cohort import DIMENSIONS, FOLLOW_UP, SEXES, Cohort, Result
from core.analytics.lab.figure import figure, named
from core.analytics.lab.guard import WEEKDAYS, Hidden, guarded, hidden_cells, in_words
from core.analytics.lab.notebook import notebook_of

__all__ = [
    "DIMENSIONS",
    "FOLLOW_UP",
    "SEXES",
    "WEEKDAYS",
    "Cohort",
    "Hidden",
    "Result",
    "figure",
    "guarded",
    "hidden_cells",
    "in_words",
    "named",
    "notebook_of",
]
