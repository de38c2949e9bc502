"""FHIR Invoice: a bill, line by line. What was paid FHIR keeps elsewhere; `balanced` is all of it."""

from decimal import Decimal

from core.api.fhir.terms import Resource, concept, moment, reference, resource, told
from core.billing import LineRecord
from core.exchange import BillRecord
from core.models import InvoiceState

_STATUS = {InvoiceState.ISSUED: "issued", InvoiceState.PAID: "balanced", InvoiceState.CANCELLED: "cancelled"}


def invoice(record: BillRecord) -> list[Resource]:
    by = reference("Practitioner", record.issued_by_id, record.issued_by)
    parts = {
        "identifier": [{"value": record.number}],
        "status": _STATUS[record.state],
        "cancelledReason": record.cancel_reason,
        "subject": reference("Patient", record.patient_id),
        "date": moment(record.issued_at),
        "participant": [{"actor": by}],
        "lineItem": [_line(number, line, record.currency) for number, line in enumerate(record.lines, start=1)],
        "totalNet": money(record.subtotal - record.discount, record.currency),
        "totalGross": money(record.total, record.currency),
    }
    return [resource("Invoice", record.record_id, parts)]


def _line(number: int, line: LineRecord, currency: str) -> Resource:
    base: Resource = {
        "type": "base",
        "factor": line.quantity,
        "amount": money(line.quantity * line.unit_price, currency),
    }
    discount: Resource = {
        "type": "discount",
        "code": concept(text=line.discount_reason),
        "amount": money(line.discount, currency),
    }
    tax: Resource = {"type": "tax", "code": concept(text=f"{line.tax_percent} %"), "amount": money(line.tax, currency)}
    components = [base, *([discount] if line.discount else []), *([tax] if line.tax else [])]
    return {
        "sequence": number,
        "chargeItemCodeableConcept": concept(text=line.description),
        "priceComponent": [told(component) for component in components],
    }


def money(amount: Decimal, currency: str) -> Resource:
    return {"value": amount, "currency": currency}
