"""/billing: bills, what is paid for them and given back. Amounts are text, here and in what is sent."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from core import bill_papers, billing
from core.api.answers import Pdf
from core.api.caller import Asking, Posting
from core.api.fields import AskedId, Day, Id, Money, OfLine, Reason, RecordId, each_line_once, pointing
from core.api.paging import Page, Paged
from core.billing import (
    CreditNoteRecord,
    Explanation,
    InvoiceCard,
    InvoiceRecord,
    LineDetails,
    PaymentMethod,
    Refundable,
    Unbilled,
    Wanted,
)

router = APIRouter(prefix="/billing", tags=["billing"])


_NO_MONEY = billing.LineDetails().discount
_OF_VISIT: JsonDict = {"kind": "auto", "visit_id": 41}
_BY_HAND: JsonDict = {
    "kind": "manual",
    "patient_id": 7,
    "lines": [
        {"service_id": 3, "discount": "20.00", "discount_reason": "Old patient"},
        {"description": "Certificate", "unit_price": "50.00"},
    ],
}


class BillOfVisit(BaseModel):
    """The consultation and what was prescribed, of a visit that is completed."""

    model_config = ConfigDict(json_schema_extra={"examples": [_OF_VISIT]})
    kind: Literal["auto"]
    visit_id: RecordId


class LineForm(BaseModel):
    """A service or a medicine of the price list, or a description with a price. `discount` is off the whole line."""

    description: str = ""
    service_id: RecordId | None = None
    medicine_id: RecordId | None = None
    quantity: int = 1
    unit_price: Money | None = None
    discount: Money = _NO_MONEY
    discount_reason: str = ""


class BillByHand(BaseModel):
    """What a patient gets without a visit."""

    model_config = ConfigDict(json_schema_extra={"examples": [_BY_HAND]})
    kind: Literal["manual"]
    patient_id: RecordId
    lines: list[LineForm]


class Sum(BaseModel):
    """`reference` is what the card slip or the transfer shows. ADVANCE takes from what the patient has here."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"amount": "300.00", "method": "UPI", "reference": "4471"}]}
    )
    amount: Money
    method: PaymentMethod
    reference: str = ""


class Units(OfLine):
    quantity: int


class RefundForm(BaseModel):
    """Which lines, and how many units of each. ADVANCE keeps the money for the patient's next bill."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"lines": [{"line_id": 12, "quantity": 1}], "method": "CASH", "reason": "Not needed"}]
        }
    )
    lines: Annotated[list[Units], AfterValidator(each_line_once)]
    method: PaymentMethod
    reason: str
    reference: str = ""


@router.get("")
def list_bills(
    caller: Asking,
    paged: Paged,
    day: Annotated[Day | None, Query(description="Made on this day of the clinic.")] = None,
    patient_id: AskedId = None,
    unpaid: Annotated[bool, Query(description="Only with something due.")] = False,
) -> Page[InvoiceCard]:
    """Bills, oldest first: of a day, of a patient, those with something due, or all."""
    wanted = Wanted(day, patient_id, unpaid)
    found = caller.read(billing.list_some, wanted, paged.whole(), paged.limit + 1)
    return paged.page(found, lambda card: card.invoice_id)


@router.post("", status_code=201)
def make(
    caller: Posting, sent: Annotated[BillOfVisit | BillByHand, Field(discriminator="kind")], response: Response
) -> InvoiceRecord:
    """Make a bill: `auto` of a visit, or `manual` of lines. A visit has one bill, however often it is asked for."""
    if isinstance(sent, BillOfVisit):
        bill = caller.act(billing.invoice_visit, sent.visit_id)
    else:
        lines = [LineDetails(**dict(line)) for line in sent.lines]
        with pointing(_place_of_line):
            bill = caller.act(billing.invoice_by_hand, sent.patient_id, lines)
    response.headers["location"] = f"/api/billing/{bill.invoice_id}"
    return bill


@router.get("/unbilled")
def list_unbilled(caller: Asking, paged: Paged) -> Page[Unbilled]:
    """Completed visits that have no bill yet, or not of all that was prescribed; the oldest first."""
    return paged.rest(caller.read(billing.list_unbilled), lambda one: [one.completed_at.isoformat(), one.visit_id])


@router.get("/credit-notes/{credit_note_id}")
def credit_note(caller: Asking, credit_note_id: Id) -> CreditNoteRecord:
    """What was given back at one moment."""
    return caller.read(billing.credit_note, credit_note_id)


@router.get("/{invoice_id:int}")
def get(caller: Asking, invoice_id: Id) -> InvoiceRecord:
    """A bill with its lines, payments and credit notes."""
    return caller.read(billing.get, invoice_id)


@router.get("/{invoice_id:int}/explanation")
def explanation(caller: Asking, invoice_id: Id) -> Explanation:
    """How every amount of a bill came to be, in words and numbers."""
    return caller.read(billing.explain, invoice_id)


@router.get("/{invoice_id:int}/print", response_class=Pdf)
def printed(
    caller: Asking,
    invoice_id: Id,
    size: Annotated[Literal["A4", "80mm"], Query(description="A page, or a strip of a roll.")] = "A4",
) -> Pdf:
    """A bill as a paper, with what was paid for it."""
    found = caller.read(bill_papers.of_bill, invoice_id, size)
    return Pdf(found.pdf(), name=found.name)


@router.post("/{invoice_id:int}/pay")
def pay(caller: Posting, invoice_id: Id, sent: Sum) -> InvoiceRecord:
    """Note a payment, the whole or a part, never more than is due. Answers the bill."""
    return caller.act(billing.pay, invoice_id, sent.amount, sent.method, sent.reference)


@router.get("/{invoice_id:int}/refundable")
def refundable(caller: Asking, invoice_id: Id) -> Refundable:
    """What of a bill can be given back now, line by line."""
    return caller.read(billing.refundable, invoice_id)


@router.post("/{invoice_id:int}/refunds", status_code=201)
def refund(caller: Posting, invoice_id: Id, sent: RefundForm, response: Response) -> CreditNoteRecord:
    """Give money back for units of lines, on a credit note. Never more than was paid, nor for what the patient has."""
    quantities = {line.line_id: line.quantity for line in sent.lines}
    with pointing(lambda field: _place_of_units(field, sent.lines)):
        note = caller.act(billing.refund, invoice_id, quantities, sent.method, sent.reason, sent.reference)
    response.headers["location"] = f"/api/billing/credit-notes/{note.credit_note_id}"
    return note


@router.post("/{invoice_id:int}/cancel")
def cancel(caller: Posting, invoice_id: Id, sent: Reason) -> InvoiceRecord:
    """Cancel a bill of which nothing is paid and nothing handed over. Its number stays used."""
    return caller.act(billing.cancel, invoice_id, sent.reason)


def _place_of_line(field: str) -> str:
    """ "line 2 discount" is "lines/1/discount"."""
    match field.split():
        case ["line", number, *rest]:
            return "/".join(["lines", str(int(number) - 1), *rest])
        case ["medicines"]:
            return "lines"
    return field


def _place_of_units(field: str, lines: list[Units]) -> str:
    """ "line 17" is where line 17 stands in what was sent."""
    places = {f"line {line.line_id}": f"lines/{place}" for place, line in enumerate(lines)}
    return places.get(field, field)
