"""PostgreSQL visits → MongoDB monthly_summaries: one document per month in which patients were seen.

Months are those of the visits' tokens. A patient belongs to the cohort of the month of their first completed visit;
a cohort that came in a month is counted in that month's document. What doctors write beside a code stays out: a
diagnosis is called by the title its code has in the book, so that nothing said of one patient gets into a report.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Select, Subquery, func, select, true
from sqlalchemy.orm import Session, aliased

from core import icd10
from core.analytics import store
from core.analytics.documents import midnight
from core.analytics.summaries import CohortMonth, DiagnosisMonth, MonthlySummary
from core.models import Diagnosis, Token, Visit, VisitState
from etl import making, periods

COLLECTION = "monthly_summaries"
_MONTHS_AT_ONCE = 12
_MONTH = periods.month(Token.issued_on)


def remake(session: Session, months: Iterable[date]) -> int:
    """Write these months afresh; one in which nobody was seen has no document."""
    return making.again(COLLECTION, map(periods.key_of, months), partial(by_id, session), _MONTHS_AT_ONCE)


def documents(session: Session) -> Iterator[list[MonthlySummary]]:
    for batch in store.batches(_months(session), _MONTHS_AT_ONCE):
        yield by_month(session, batch)


def by_id(session: Session, ids: Iterable[str]) -> list[MonthlySummary]:
    return by_month(session, [periods.from_key(key) for key in ids])


def count(session: Session) -> int:
    return len(_months(session))


def by_month(session: Session, months: Sequence[date]) -> list[MonthlySummary]:
    """Those of the months in which patients were seen. Three statements, however many months."""
    visits, cohorts, diagnoses = _visits(session, months), _cohorts(session, months), _diagnoses(session, months)
    return [
        {
            "_id": periods.key_of(month),
            "date": midnight(month),
            "visits": visits[month],
            "patients": sum(cohort["patients"] for cohort in cohorts[month]),
            "new_patients": sum(
                cohort["patients"] for cohort in cohorts[month] if cohort["first"] == periods.key_of(month)
            ),
            "cohorts": cohorts[month],
            "diagnoses": diagnoses[month],
        }
        for month in sorted(visits)
    ]


def _visits(session: Session, months: Sequence[date]) -> dict[date, int]:
    rows = session.execute(_completed(select(_MONTH, func.count()), months).group_by(_MONTH))
    return {first: number for first, number in rows}


def _cohorts(session: Session, months: Sequence[date]) -> Mapping[date, list[CohortMonth]]:
    """Each patient's first visit is found by the index on their visits."""
    seen = _completed(select(_MONTH.label("month"), Visit.patient_id).distinct(), months).subquery()
    began = _first_month(seen)
    rows = session.execute(
        select(seen.c.month, began.c.month, func.count())
        .select_from(seen)
        .join(began, true())
        .group_by(seen.c.month, began.c.month)
        .order_by(seen.c.month, began.c.month)
    )
    found: dict[date, list[CohortMonth]] = defaultdict(list)
    for came, first, patients in rows:
        found[came].append({"first": periods.key_of(first), "patients": patients})
    return found


def _first_month(seen: Subquery) -> Any:
    visit, token = aliased(Visit), aliased(Token)
    return (
        select(periods.month(token.issued_on).label("month"))
        .join(visit, visit.token_id == token.id)
        .where(visit.patient_id == seen.c.patient_id, visit.state == VisitState.COMPLETED)
        .order_by(visit.started_at, visit.id)
        .limit(1)
        .lateral()
    )


def _diagnoses(session: Session, months: Sequence[date]) -> Mapping[date, list[DiagnosisMonth]]:
    told = select(_MONTH, Diagnosis.code, func.count(), func.count(Visit.patient_id.distinct()))
    rows = session.execute(
        _completed(told, months)
        .join(Diagnosis, (Diagnosis.visit_id == Visit.id) & Diagnosis.struck_at.is_(None))
        .group_by(_MONTH, Diagnosis.code)
        .order_by(_MONTH, Diagnosis.code.collate("C"))
    )
    found: dict[date, list[DiagnosisMonth]] = defaultdict(list)
    for first, code, visits, patients in rows:
        found[first].append({"code": code, "text": icd10.title(code), "visits": visits, "patients": patients})
    return found


def _completed(what: Select[*tuple[Any, ...]], months: Sequence[date]) -> Select[*tuple[Any, ...]]:
    """From the completed visits of the months."""
    return (
        what.select_from(Token)
        .join(Visit, Visit.token_id == Token.id)
        .where(periods.days_in(Token.issued_on, periods.of_months(months)), Visit.state == VisitState.COMPLETED)
    )


def _months(session: Session) -> list[date]:
    seen = select(_MONTH).distinct().join(Visit, Visit.token_id == Token.id)
    return sorted(session.scalars(seen.where(Visit.state == VisitState.COMPLETED)))
