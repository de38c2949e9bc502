"""/reports: the audit trail, what moved in the stock, and what dashboards show, for programs.

What comes from MongoDB says until when it is whole, and names nobody. Its rows are described by the data dictionary.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Concatenate, ParamSpec

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, create_model

from core import audit_trail, inventory
from core.analytics import columns, days, history, reports
from core.analytics.columns import Column
from core.analytics.reports import Report
from core.api.caller import Asking, Caller
from core.api.fields import AskedId, Day
from core.api.paging import Page, Paged, Paging
from core.audit_trail import Filters, Line
from core.inventory import MovementRecord
from core.models import AuditAction
from core.permissions import Actor, Role
from core.web import acting

router = APIRouter(prefix="/reports", tags=["reports"])
P = ParamSpec("P")

First = Annotated[Day, Query(description="The first clinic day, included.", examples=["2025-03-01"])]
Last = Annotated[Day, Query(description="The last clinic day, included.", examples=["2025-03-31"])]


@dataclass(frozen=True)
class TrailSearch(Filters):
    first: Day | None = None
    last: Day | None = None
    person_id: AskedId = None


@dataclass(frozen=True)
class Change:
    """Clinical text is not in it: the trail tells that it changed."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class TrailEntry:
    """`entry` is its place in the chain of hashes; null until it is linked. `role` is null for the program itself."""

    event_id: int
    at: datetime
    by: str
    role: Role | None
    action: AuditAction
    event: str
    words: str
    record: str
    changes: list[Change]
    is_security: bool
    entry: int | None


class ReportPage(BaseModel):
    next: str | None
    whole_until: Annotated[
        datetime | None,
        Field(
            description="Everything that was done before this moment is in it. Null while reports are being prepared: "
            "something may be missing."
        ),
    ]


_KINDS: dict[str, Any] = {"datetime64[s]": date, "int64": int, "float64": float | None, "bool": bool, "str": str}


def _kind(column: Column) -> Any:
    """As JSON has it. Numbers and categories may be missing."""
    return Decimal if column.unit == columns.MONEY else _KINDS.get(column.kind, str | None)


def _meaning(column: Column) -> str:
    return f"{column.meaning}{f' ({column.unit})' if column.unit else ''}".replace("NaN", "null")


def _pages_of(name: str, described: Sequence[Column]) -> Any:
    """The type of the answers, from the data dictionary, which types the frames: the two cannot differ."""
    row: dict[str, Any] = {column.name: (_kind(column), Field(description=_meaning(column))) for column in described}
    rows: Any = list[create_model(name, **row)]  # type: ignore[misc]
    return create_model(f"{name}Page", __base__=ReportPage, items=(rows, ...))


_Visits = _pages_of("VisitRow", history.VISITS)
_Days = _pages_of("DayRow", days.DAILY_SUMMARIES)


@router.get("/audit-logs")
def audit_logs(caller: Asking, paged: Paged, filters: Annotated[TrailSearch, Depends()]) -> Page[TrailEntry]:
    """Who did what to which record and when, newest first.

    Days are the clinic's, both included; `record` is an MRN, the number of a bill, a prescription, an order or a batch,
    a user name, or the number of a token of these days.
    """
    lines = caller.read(audit_trail.search, filters, before=paged.whole() or None, most=paged.limit + 1)
    return paged.page([_entry(line) for line in lines], lambda entry: entry.event_id)


@router.get("/stock-movements")
def stock_movements(
    caller: Asking,
    paged: Paged,
    medicine_id: AskedId = None,
    batch_id: AskedId = None,
    first: Day | None = None,
    last: Day | None = None,
) -> Page[MovementRecord]:
    """Every unit that came or went, newest first: of a medicine, a batch or everything, of some days or all."""
    before = paged.whole() or None
    which = {"medicine_id": medicine_id, "batch_id": batch_id}
    found = caller.read(inventory.movements, **which, first=first, last=last, before=before, limit=paged.limit + 1)
    return paged.page(found, lambda movement: movement.movement_id)


@router.get("/visit-history", response_model=_Visits)
def visit_history(
    caller: Asking, paged: Paged, first: First, last: Last, doctor: Annotated[str | None, Query(max_length=200)] = None
) -> object:
    """Completed visits, by day, for analysis: nobody is named, and what few people have is RARE. At most 91 days.

    Patients and visits are pseudonyms, the same in every answer.
    """
    return _page(paged, _asked(caller, reports.visit_history, first, last, doctor))


@router.get("/daily-summary", response_model=_Days)
def daily_summary(caller: Asking, paged: Paged, first: First, last: Last) -> object:
    """What came in, who came and what was handed over, day by day. At most 366 days.

    Days before the clinic's first and after the last that is known are left out; one on which it was closed is there.
    """
    return _page(paged, _asked(caller, reports.daily_summary, first, last))


def _asked(
    caller: Caller, report: Callable[Concatenate[Actor, P], Report], *args: P.args, **kwargs: P.kwargs
) -> Report:
    """Reports know no session of PostgreSQL, and hold none while MongoDB thinks. Raises what they refuse."""
    with acting.refusals_noted(caller.token, acting.named(report)):
        return report(caller.actor, *args, **kwargs)


def _page(paged: Paging, report: Report) -> dict[str, Any]:
    page = paged.part(report.rows)
    return {"items": page.items, "next": page.next, "whole_until": report.fed_at if report.whole else None}


def _entry(line: Line) -> TrailEntry:
    plain = {field.name: getattr(line, field.name) for field in fields(TrailEntry)}
    changes = [Change(*change) for change in line.changes]
    return TrailEntry(**plain | {"record": line.record.name, "changes": changes})
