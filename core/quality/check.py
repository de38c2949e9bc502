"""What every check has: words for people, and two queries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from string import Formatter
from typing import Any, TypeAlias

from sqlalchemy import Date, Select, SQLColumnExpression, cast, func, literal, null

from core import clock
from core.models import Patient
from core.permissions import Permission

LOOK_BACK_DAYS = 365
Found: TypeAlias = Select[*tuple[Any, ...]]
Column: TypeAlias = SQLColumnExpression[Any]


@dataclass(frozen=True)
class Check:
    """What finds records to mend. Whoever shows `title`, `why` and `of_what` says them.

    `found` selects what `columns` names, the most pressing first; `among` counts what was looked at, `of_what`.

    `own_first`: only whose record it is mends it, and so sees the own ones first.
    """

    name: str
    title: str
    why: str
    of_what: str
    sees: Permission
    found: Callable[[], Found]
    among: Callable[[], Select[int]]
    own_first: bool = False


@dataclass(frozen=True)
class Score:
    """`found` records need mending, of `among` that were looked at."""

    check: Check
    found: int
    among: int

    @property
    def share(self) -> float:
        """0 to 1; 0 where there was nothing to look at."""
        return min(self.found / self.among, 1.0) if self.among else 0.0


@dataclass(frozen=True)
class Finding:
    """One record to mend. Which kind it is, the check knows; `staff_id` is whoever alone may mend it, if so."""

    record_id: int
    title: str
    detail: str
    on: date | None
    staff_id: int | None
    patient_id: int | None
    other_id: int | None


def columns(
    record_id: Column,
    title: Column,
    detail: Column,
    on: Column | None = None,
    *,
    staff_id: Column | None = None,
    patient_id: Column | None = None,
    other_id: Column | None = None,
) -> list[Column]:
    """What a check selects, in the order of Finding's fields."""
    given = {"record_id": record_id, "title": title, "detail": detail, "on": on}
    given |= {"staff_id": staff_id, "patient_id": patient_id, "other_id": other_id}
    return [(null() if column is None else column).label(name) for name, column in given.items()]


def told(words: str, **values: Any) -> Column:
    """A sentence whose {places} are columns."""
    parts = [[literal(text), *([values[name]] if name else [])] for text, name, _, _ in Formatter().parse(words)]
    return func.concat(*chain.from_iterable(parts))


def who() -> Column:
    """The patient, as a title."""
    return func.concat(Patient.name, literal(" · "), Patient.mrn)


def clinic_day(moment: Any) -> Column:
    """The clinic day of a column of moments."""
    return cast(func.timezone(clock.zone().key, moment), Date)


def a_year_ago() -> datetime:
    """The first moment that is still looked at."""
    return clock.day_bounds(clock.today() - timedelta(days=LOOK_BACK_DAYS))[0]


def today_began() -> datetime:
    return clock.day_bounds(clock.today())[0]
