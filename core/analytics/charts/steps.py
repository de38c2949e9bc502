"""Days as they are drawn: one by one, over 120 days by week, over 1,100 days by month.

A week or month of which not every working day is known would look like a drop: it is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.analytics.charts import dated
from core.words import later, say

_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Step:
    name: str
    mean: int  # so many make the line through the bars
    width_ms: float  # of a bar
    per: str  # for the subtitle

    @property
    def note(self) -> str:
        """ "per day", "per week from Monday, whole weeks only"."""
        return say(self.per)

    def when(self, start: pd.Timestamp) -> str:
        """ "On Saturday 1 March 2025", "In the week of Monday 3 March 2025", "In March 2025"."""
        if self.name == "month":
            return say("In {month}", month=dated.month(start))
        day = dated.full_day(start)
        return say("On {day}", day=day) if self.name == "day" else say("In the week of {day}", day=day)

    def starts(self, days: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """The first day of each day's step."""
        if self.name == "day":
            return days
        back = days.day_of_week if self.name == "week" else days.day - 1
        return pd.DatetimeIndex(days - pd.to_timedelta(back, unit="D")).as_unit("s")


DAY = Step("day", 7, 0.8 * _DAY_MS, later("per day"))
WEEK = Step("week", 4, 0.8 * 7 * _DAY_MS, later("per week from Monday, whole weeks only"))
MONTH = Step("month", 12, 0.8 * 30 * _DAY_MS, later("per month, whole months only"))


def pairs(table: "pd.DataFrame | pd.Series[Any]") -> Iterator[tuple[Any, Any]]:
    """Index and row (or value), one after the other."""
    rows = table.itertuples(index=False) if isinstance(table, pd.DataFrame) else table.tolist()
    return zip(table.index, rows, strict=True)


def finished(values: "pd.Series[float]", days: pd.DataFrame) -> "pd.Series[float]":
    """Without the step of the day that still goes on, which beside whole ones would look like a drop; unless it is the
    only one."""
    whole_ones = values.drop(pd.DatetimeIndex(days.index[~days["is_over"]]), errors="ignore")
    return values if whole_ones.empty else whole_ones


def step_for(days: pd.DatetimeIndex) -> Step:
    if len(days) == 0:
        return DAY
    span = (days.max() - days.min()).days + 1
    return MONTH if span > 1100 else WEEK if span > 120 else DAY


def stepped(days: pd.DataFrame, columns: Sequence[str], step: Step | None = None) -> tuple[pd.DataFrame, Step]:
    """Sums of columns of a frame with a row for every day, and the step they were taken by."""
    values = days[list(columns)].fillna(0)
    known = pd.DatetimeIndex(values.index)
    step = step or step_for(known)
    if step is DAY or values.empty:
        return values, step
    sums = values.groupby(step.starts(known)).sum()
    return sums.loc[whole(known[(values != 0).any(axis="columns")], known, step)], step


def whole(worked: pd.DatetimeIndex, known: pd.DatetimeIndex, step: Step) -> pd.DatetimeIndex:
    """The starts of the steps of `known` days that miss no weekday on which the clinic works."""
    first, last = known.min(), known.max()
    weekdays = set(worked.day_of_week)
    starts = step.starts(known).unique().sort_values()

    def is_whole(start: pd.Timestamp) -> bool:
        length = 7 if step.name == "week" else start.days_in_month
        days = pd.date_range(start, periods=length, unit="s")
        return weekdays.isdisjoint(days[(days < first) | (days > last)].day_of_week)

    ends = {start: is_whole(start) for start in (starts[0], starts[-1])}
    return starts[[ends.get(start, True) for start in starts]]
