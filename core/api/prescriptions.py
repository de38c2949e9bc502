"""/prescriptions: what a doctor orders in a visit, the warnings of it, and its paper."""

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from core import documents, prescriptions
from core.api.answers import Pdf
from core.api.caller import Amending, Asking, Caller, Posting
from core.api.fields import LARGEST_ID, Exact, Id, Reason, RecordId, pointing
from core.api.paging import Page
from core.prescriptions import ItemDetails, PrescriptionRecord, Route, Warned
from core.web.origin import public_address

router = APIRouter(prefix="/prescriptions", tags=["prescriptions"])
_ITEM: JsonDict = {"medicine_id": 1, "dose": "1", "frequency": "TDS", "duration_days": 5, "instructions": "after food"}


class Item(BaseModel):
    """`dose` is what is taken at a time: units of the medicine, ml of a syrup, g of a cream."""

    medicine_id: RecordId
    dose: Exact
    frequency: Annotated[
        str, Field(description="OD BD TDS QID HS SOS STAT EOD QW, hours as 6H, or a day's pattern as 1-0-1.")
    ]
    duration_days: int
    route: Route = Route.ORAL
    instructions: str = ""
    quantity: Annotated[int | None, Field(description="Whole units to hand over; else computed.")] = None
    override_reason: Annotated[str, Field(description="Answers every warning about this item.")] = ""


Items = Annotated[list[Item], Field(max_length=100)]


class Prescription(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"visit_id": 1, "items": [_ITEM]}]})
    visit_id: RecordId
    items: Items


class NewVersion(BaseModel):
    """Every item of the new version. Once the visit is completed it takes a `reason`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_ITEM], "reason": "The rash came from it"}]})
    items: Items
    reason: str = ""


@router.post("/review")
def review(caller: Asking, sent: Prescription) -> Page[Warned]:
    """What these items would be warned of: allergy, age, dose, doubles, interactions. Nothing is written.

    To prescribe an item all the same, give it an `override_reason`.
    """
    with pointing(_place):
        return Page(list(caller.act(prescriptions.reviewed, sent.visit_id, _typed(sent.items))), None)


@router.get("")
def list_of_visit(caller: Asking, visit_id: Annotated[int, Query(ge=1, le=LARGEST_ID)]) -> Page[PrescriptionRecord]:
    """The prescription that stands for a visit: one, or none. Which doctor read it is kept."""
    standing = caller.act(prescriptions.opened_of_visit, visit_id)
    return Page([standing] if standing else [], None)


@router.post("", status_code=201)
def prescribe(caller: Posting, sent: Prescription, response: Response) -> PrescriptionRecord:
    """Issue the prescription of one's own open visit. 409 with every warning that has no `override_reason` yet."""
    with pointing(_place):
        issued = caller.act(prescriptions.prescribe, sent.visit_id, _typed(sent.items))
    response.headers["location"] = _address(issued)
    return issued


@router.get("/{prescription_id:int}")
def get(caller: Asking, prescription_id: Id) -> PrescriptionRecord:
    """A prescription, also one that was cancelled. Which doctor read it is kept."""
    return caller.act(prescriptions.opened, prescription_id)


@router.patch("/{prescription_id:int}")
def amend(caller: Amending, prescription_id: Id, sent: NewVersion, response: Response) -> PrescriptionRecord:
    """Replace a prescription by a new one, which is answered; the old one is cancelled, and can still be read."""
    with pointing(_place):
        new = caller.act(prescriptions.amend, prescription_id, _typed(sent.items), sent.reason)
    response.headers["content-location"] = _address(new)
    return new


@router.post("/{prescription_id:int}/cancel")
def cancel(caller: Posting, prescription_id: Id, sent: Reason) -> PrescriptionRecord:
    """Take a prescription back, until something of it was handed over."""
    return caller.act(prescriptions.cancel, prescription_id, sent.reason)


@router.post("/{prescription_id:int}/print", status_code=201, response_class=Pdf)
def issue_paper(caller: Posting, reader: Asking, prescription_id: Id, request: Request) -> Pdf:
    """Issue the paper of a prescription, with the QR code that tells whether it is genuine, and answer it as PDF.

    There is one paper of each prescription: asked again, it is the same one.
    """
    caller.act(documents.prescription_paper, prescription_id)
    paper = _paper(reader, prescription_id, request)
    paper.status_code = 201
    paper.headers["location"] = f"/api/prescriptions/{prescription_id}/print"
    return paper


@router.get("/{prescription_id:int}/print", response_class=Pdf)
def open_paper(caller: Asking, prescription_id: Id, request: Request) -> Pdf:
    """The paper of a prescription as PDF, once it was issued. Who opened it is kept."""
    return _paper(caller, prescription_id, request)


def _paper(reader: Caller, prescription_id: int, request: Request) -> Pdf:
    opened = reader.act(documents.opened_prescription, prescription_id, public_address(request))
    return Pdf(opened.pdf(), name=opened.name)


def _address(prescription: PrescriptionRecord) -> str:
    return f"/api/prescriptions/{prescription.prescription_id}"


def _typed(items: list[Item]) -> list[ItemDetails]:
    return [ItemDetails(**dict(item)) for item in items]


def _place(field: str) -> str:
    """ "items/0/dose" for "1 dose"."""
    if found := re.fullmatch(r"(\d+) (\w+)", field):
        name = "medicine_id" if found[2] == "medicine" else found[2]
        return f"items/{int(found[1]) - 1}/{name}"
    return field
