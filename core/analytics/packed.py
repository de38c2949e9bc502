"""The days of a month column by column.

Daily summaries are read for years at a time, and MongoDB and Python take ten times as long for thousands of documents
as for the same numbers in columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict, get_type_hints

from bson import Decimal128

from core.analytics.documents import midnight
from core.analytics.summaries import DailySummary, DoctorDay

Columns = dict[str, list[Any]]


class MonthlyColumns(TypedDict):
    """The daily summaries of a month. The columns of a part are equally long; money is in cents, as int.

    `days`: day (of the month), is_open (0 or 1: something happened) and every number of DailySummary by its name.
    `by_doctor`: day and the fields of DoctorDay. `by_method` and `by_kind`: day, name, amount.
    """

    _id: str  # "2025-03"
    date: datetime  # the first of the month
    days: Columns
    by_doctor: Columns
    by_method: Columns
    by_kind: Columns


NUMBERS = [name for name, kind in get_type_hints(DailySummary).items() if kind in (int, Decimal128)]
_OF_DOCTOR = list(get_type_hints(DoctorDay))
_HAPPENED = (
    *("arrivals", "no_shows", "medicines_dispensed", "medicines_returned"),
    *("credit_notes", "advance_applied", "drawers_closed"),
)


def pack(month: date, summaries: Sequence[DailySummary]) -> MonthlyColumns:
    """`summaries` are those of the month, in the order of days."""
    return {
        "_id": month.isoformat()[:7],
        "date": midnight(month),
        "days": {
            "day": [summary["date"].day for summary in summaries],
            "is_open": [int(is_open(summary)) for summary in summaries],
            **_columns(summaries, NUMBERS),
        },
        "by_doctor": {
            "day": [summary["date"].day for summary in summaries for _ in summary["by_doctor"]],
            **_columns([row for summary in summaries for row in summary["by_doctor"]], _OF_DOCTOR),
        },
        "by_method": _named((summary["date"].day, summary["by_method"]) for summary in summaries),
        "by_kind": _named((summary["date"].day, summary["by_kind"]) for summary in summaries),
    }


def is_open(summary: DailySummary) -> bool:
    """Whether anything happened; else it is a day on which the clinic was closed and follow-ups were due."""
    figures: Mapping[str, Any] = summary
    return any(_whole(figures[name]) for name in _HAPPENED) or bool(summary["by_doctor"] or summary["by_method"])


def _columns(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Columns:
    return {name: [_whole(row[name]) for row in rows] for name in names}


def _named(days: Iterable[tuple[int, Mapping[str, Decimal128]]]) -> Columns:
    rows = [(day, name, _whole(amount)) for day, amounts in days for name, amount in amounts.items()]
    return {column: [row[place] for row in rows] for place, column in enumerate(("day", "name", "amount"))}


def _whole(value: Any) -> Any:
    return int(value.to_decimal().scaleb(2)) if isinstance(value, Decimal128) else value
