"""What may happen to a clinic, for tests of what becomes of its documents."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core import audit, billing, clock, dispensing, inventory, visits
from core.models import (
    Batch,
    DispensingItem,
    OverriddenWarning,
    PaymentMethod,
    Prescription,
    PrescriptionItem,
    PurchaseOrder,
    PurchaseOrderLine,
    Supplier,
)
from tests.factories import a_visit


def seen(session, doctor, patient, follow_up_on=None):
    visit = a_visit(session, doctor, patient)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    visits.complete(session, doctor, visit.visit_id, follow_up_on)
    return visit.visit_id


def refund(session, admin, invoice_id, units=1, method=PaymentMethod.CASH):
    """Money back for the last line of a bill: medicines that were handed over come back first."""
    line = billing.get(session, admin, invoice_id).lines[-1]
    handed_over = select(DispensingItem.id).where(DispensingItem.invoice_line_id == line.line_id)
    if item_id := session.scalar(handed_over):
        dispensing.take_back(session, admin, item_id, units, usable=True, reason="Not tolerated")
    return billing.refund(session, admin, invoice_id, {line.line_id: units}, method, "Not tolerated")


def an_order(session, admin, medicine_id, quantity=100):
    """Promised for 4 March 2025; half of it came on the 6th."""
    supplier = Supplier(name="Metro Pharma", lead_days=3)
    session.add(supplier)
    session.flush()
    ordered = PurchaseOrder(
        number="PO-000001",
        supplier_id=supplier.id,
        ordered_by_id=admin.user_id,
        ordered_at=clock.now(),
        expected_on=date(2025, 3, 4),
        lines=[PurchaseOrderLine(medicine_id=medicine_id, quantity=quantity, received=0, unit_cost=Decimal(3))],
    )
    session.add(ordered)
    audit.record(session, admin, audit.CREATE, "purchase_order.ordered", ordered)
    return ordered


def half_arrives(session, admin, ordered):
    line = ordered.lines[0]
    delivery = inventory.Delivery("B77", line.quantity // 2, date(2027, 1, 1), Decimal(3), date(2025, 3, 6))
    batch = session.get_one(Batch, inventory.receive(session, admin, line.medicine_id, delivery).batch_id)
    batch.purchase_order_line_id, line.received = line.id, line.quantity // 2
    audit.record(session, admin, audit.UPDATE, "purchase_order.delivered", ordered, {"received": (0, line.received)})


def answer_warning(session, visit_id, kind):
    """The first item of a visit was prescribed against a warning."""
    items = select(PrescriptionItem.id).join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
    [item, *_] = session.scalars(items.where(Prescription.visit_id == visit_id).order_by(PrescriptionItem.id))
    session.add(OverriddenWarning(prescription_item_id=item, kind=kind, sentence="Too much.", source="The book"))
