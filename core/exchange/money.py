"""Bills."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from core import clinic
from core.billing.records import line_record
from core.exchange.records import BillRecord
from core.models import Invoice, User

_OWN = (
    *("number", "state", "patient_id", "issued_at", "issued_by_id", "subtotal", "discount", "tax", "total"),
    "cancel_reason",
)


def bills(session: Session, which: Sequence[ColumnElement[bool]], limit: int) -> list[BillRecord]:
    """Three statements: the bills, their lines, the clinic's currency."""
    rows = session.execute(
        select(Invoice, User.name)
        .join(User, User.id == Invoice.issued_by_id)
        .where(*which)
        .order_by(Invoice.id)
        .limit(limit)
        .options(selectinload(Invoice.lines))
        .execution_options(populate_existing=True)
    ).all()
    currency = clinic.profile(session).currency
    return [
        BillRecord(
            **{name: getattr(invoice, name) for name in _OWN},
            record_id=invoice.id,
            issued_by=by,
            currency=currency,
            lines=tuple(line_record(line) for line in invoice.lines),
        )
        for invoice, by in rows
    ]
