"""What was prescribed in a clinic day's visits, put on paper, and changed after the signature, however much later."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TypedDict, cast

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.models import (
    Document,
    DocumentKind,
    OverriddenWarning,
    Prescription,
    PrescriptionItem,
    PrescriptionState,
    Token,
    Visit,
)
from etl.afterwards import AFTERWARDS, paper_stands


class Care(TypedDict):
    """The fields of the same names in DailySummary."""

    prescriptions: int
    prescriptions_changed: int
    prescribed_items: int
    overridden_items: int
    papers: int
    sick_notes: int
    amendments: int
    struck: int
    reopened: int


def of(session: Session, days: Sequence[date]) -> Mapping[date, Care]:
    """One statement, however many days."""
    found: dict[date, Care] = defaultdict(lambda: cast("Care", dict.fromkeys(Care.__annotations__, 0)))
    for day, name, number in session.execute(union_all(*_counts(days))):
        found[day][name] += number  # type: ignore[literal-required]
    return found


def is_overridden() -> ColumnElement[bool]:
    """That an item was prescribed against a warning."""
    return exists().where(OverriddenWarning.prescription_item_id == PrescriptionItem.id)


def _counts(days: Sequence[date]) -> Iterator[Select[date, str, int]]:
    """(day, name, number), several of a name: amendments are of three tables."""

    def of_visits(
        name: str, visit_id: InstrumentedAttribute[int], *conditions: ColumnElement[bool]
    ) -> Select[date, str, int]:
        """The tokens of a day are few, and what hangs on their visits is found by its index."""
        return (
            select(Token.issued_on, literal(name), func.count())
            .join(Visit, Visit.token_id == Token.id)
            .join(visit_id.class_, visit_id == Visit.id)
            .where(Token.issued_on.in_(days), *conditions)
            .group_by(Token.issued_on)
        )

    stands, on_paper = Prescription.state == PrescriptionState.ISSUED, paper_stands()
    items = of_visits("prescribed_items", Prescription.visit_id, stands).join(Prescription.items)
    yield of_visits("prescriptions", Prescription.visit_id, stands)
    yield of_visits("prescriptions_changed", Prescription.visit_id, ~stands)
    yield items
    yield items.with_only_columns(Token.issued_on, literal("overridden_items"), func.count()).where(is_overridden())
    yield of_visits("papers", Document.visit_id, on_paper)
    yield of_visits("sick_notes", Document.visit_id, on_paper, Document.kind == DocumentKind.SICK_NOTE)
    for afterwards in AFTERWARDS:
        yield of_visits(*afterwards)
