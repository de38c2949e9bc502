"""Medicines: handed over unpaid, paid and owed, without price or generic, expired on the shelf, bought for nothing."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, null, or_, select

from core import clock
from core.models import Batch, Dispensing, Invoice, InvoiceLine, InvoiceState, Medicine, Patient
from core.permissions import Permission
from core.quality.check import LOOK_BACK_DAYS, Check, Found, columns, told, who
from core.words import later, say

OWED_DAYS = 7


def _bills(detail: Any) -> Found:
    named = columns(Invoice.id, who(), detail, Invoice.issued_on, patient_id=Patient.id)
    return (
        select(*named)
        .join(Patient, Patient.id == Invoice.patient_id)
        .where(_of_the_year())
        .order_by(Invoice.issued_on.desc(), Invoice.id.desc())
    )


def _of_the_year() -> Any:
    return Invoice.issued_on >= clock.today() - timedelta(days=LOOK_BACK_DAYS)


def _unpaid() -> Found:
    """However many of its lines were handed over, and on whatever day before today."""
    given = exists().where(Dispensing.invoice_id == Invoice.id, Dispensing.dispensed_on < clock.today())
    detail = told(say("Bill {number}: {amount} not paid"), number=Invoice.number, amount=Invoice.total - Invoice.paid)
    return _bills(detail).where(given, Invoice.state != InvoiceState.PAID)


def _handed_over() -> Select[int]:
    given = exists().where(Dispensing.invoice_id == Invoice.id, Dispensing.dispensed_on < clock.today())
    return select(func.count(Invoice.id)).where(_of_the_year(), given)


def _owed() -> Found:
    left = exists().where(InvoiceLine.invoice_id == Invoice.id, InvoiceLine.is_owed())
    return _bills(told(say("Bill {number}"), number=Invoice.number)).where(*_paid_for(), left)


def _paid_for() -> tuple[Any, ...]:
    return (Invoice.state == InvoiceState.PAID, Invoice.issued_on < clock.today() - timedelta(days=OWED_DAYS))


def _with_medicines() -> Select[int]:
    medicine = exists().where(InvoiceLine.invoice_id == Invoice.id, InvoiceLine.medicine_id.is_not(None))
    return select(func.count(Invoice.id)).where(_of_the_year(), *_paid_for(), medicine)


def _undescribed() -> Found:
    missing = func.concat_ws(
        ", ",
        case((Medicine.price == 0, say("price")), else_=null()),
        case((Medicine.generic == "", say("generic name")), else_=null()),
    )
    return (
        select(*columns(Medicine.id, Medicine.name, told(say("No {missing}"), missing=missing)))
        .where(Medicine.withdrawn_at.is_(None), or_(Medicine.price == 0, Medicine.generic == ""))
        .order_by(Medicine.price != 0, func.lower(Medicine.name))
    )


def _medicines() -> Select[int]:
    return select(func.count(Medicine.id)).where(Medicine.withdrawn_at.is_(None))


def _batches(which: Any) -> Found:
    detail = told(say("Batch {number}: {on_hand} on hand"), number=Batch.number, on_hand=Batch.on_hand)
    return (
        select(*columns(Medicine.id, Medicine.name, detail, Batch.expires_on, other_id=Batch.id))
        .join(Medicine, Medicine.id == Batch.medicine_id)
        .where(Batch.on_hand > 0, which)
        .order_by(Batch.expires_on, Batch.id)
    )


def _expired() -> Found:
    return _batches(Batch.expires_on < clock.today())


def _without_cost() -> Found:
    return _batches(and_(Batch.unit_cost == 0, Batch.expires_on >= clock.today()))


def _on_hand() -> Select[int]:
    return select(func.count(Batch.id)).where(Batch.on_hand > 0)


CHECKS = (
    Check(
        "unpaid-medicines",
        later("Medicines handed over and not paid for"),
        later("They have left the shelf and the bill is still open: ask for the money while the patient remembers."),
        later("bills of the last year with medicines handed over"),
        Permission.SEE_BILLS,
        _unpaid,
        _handed_over,
    ),
    Check(
        "owed-medicines",
        later("Medicines paid for and not handed over in 7 days"),
        later("The patient has paid for them: hand them over, or give the money back."),
        later("paid bills of the last year with medicines"),
        Permission.DISPENSE,
        _owed,
        _with_medicines,
    ),
    Check(
        "medicines",
        later("Medicines without a price or a generic name"),
        later(
            "Without a price they go out for nothing; without a generic name nothing warns of an allergy or a double."
        ),
        later("medicines on the list"),
        Permission.SEE_STOCK,
        _undescribed,
        _medicines,
    ),
    Check(
        "expired",
        later("Expired batches still on the shelf"),
        later("It counts as money and is none, until it is written off; and it may be handed over by mistake."),
        later("batches on hand"),
        Permission.SEE_STOCK,
        _expired,
        _on_hand,
    ),
    Check(
        "costless",
        later("Batches without a cost"),
        later("The stock looks cheaper and every margin better than it is."),
        later("batches on hand"),
        Permission.SEE_STOCK,
        _without_cost,
        _on_hand,
    ),
)
