"""/dispensing: medicines handed over against bills, and what comes back."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict

from core import audit, dispensing
from core.api.caller import Asking, Posting
from core.api.fields import Id, OfLine, RecordId, each_line_once
from core.api.paging import Page, Paged
from core.dispensing import DispensingRecord, HandedOver, ReturnRecord, Substitute, Waiting

router = APIRouter(prefix="/dispensing", tags=["dispensing"])


class Choice(OfLine):
    """For a line of the bill: another medicine that may stand in for it, the batch in hand, or both."""

    instead_medicine_id: RecordId | None = None
    batch_id: RecordId | None = None


class ToDispense(BaseModel):
    """All that is owed of a bill; `partly`, what there is of it. Batches leave in the clinic's order."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"invoice_id": 17, "choices": [{"line_id": 12, "batch_id": 5}]}]}
    )
    invoice_id: RecordId
    partly: bool = False
    choices: Annotated[list[Choice], AfterValidator(each_line_once)] = []


class BroughtBack(BaseModel):
    """Units of what was handed over from one batch; `usable` if they may be handed over again."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"quantity": 4, "usable": True, "reason": "Changed by the doctor"}]}
    )
    quantity: int
    usable: bool
    reason: str


class CallOff(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"quantity": 4, "reason": "Has some at home"}]})
    quantity: int
    reason: str


@dataclass(frozen=True)
class StillOwed:
    """Units of the line that are still to be handed over."""

    line_id: int
    owed: int


@router.get("")
def list_handed_over(
    caller: Asking,
    paged: Paged,
    search: Annotated[str, Query(max_length=200, description="Of a bill's number, a name, an MRN, or a code.")] = "",
) -> Page[HandedOver]:
    """What was handed over, the latest first. Its items are what can be brought back. Who read it is kept."""
    found = caller.read(dispensing.find_handed_over, search, paged.reach())
    caller.act(audit.note_list, "what was handed over")
    return paged.part(found)


@router.post("", status_code=201)
def dispense(caller: Posting, sent: ToDispense, response: Response) -> DispensingRecord:
    """Hand over what is owed of a bill and take it out of stock: everything or, if asked for, a part."""
    instead = {one.line_id: one.instead_medicine_id for one in sent.choices if one.instead_medicine_id is not None}
    by_hand = {one.line_id: one.batch_id for one in sent.choices if one.batch_id is not None}
    given = caller.act(dispensing.dispense, sent.invoice_id, partly=sent.partly, instead=instead, by_hand=by_hand)
    response.headers["location"] = f"/api/dispensing/{given.dispensing_id}"
    return given


@router.get("/waiting")
def list_waiting(caller: Asking, paged: Paged) -> Page[Waiting]:
    """Bills that are ready and have medicines still to be handed over, the oldest first."""
    return paged.rest(caller.read(dispensing.list_waiting), lambda waiting: waiting.invoice_id)


@router.post("/items/{item_id}/returns", status_code=201)
def take_back(caller: Posting, item_id: Id, sent: BroughtBack) -> ReturnRecord:
    """Take medicines back into the batch they left. The cash desk gives their money back."""
    return caller.act(dispensing.take_back, item_id, sent.quantity, usable=sent.usable, reason=sent.reason)


@router.post("/lines/{line_id}/call-offs")
def call_off(caller: Posting, line_id: Id, sent: CallOff) -> StillOwed:
    """Say that units of a line will not be handed over; the cash desk gives their money back."""
    return StillOwed(line_id, caller.act(dispensing.call_off, line_id, sent.quantity, sent.reason))


@router.get("/lines/{line_id}/substitutes")
def substitutes(caller: Asking, line_id: Id, paged: Paged) -> Page[Substitute]:
    """What is on the shelf and could be handed over for a line instead, those of the same price first."""
    return paged.part(caller.read(dispensing.substitutes, line_id))


@router.get("/{dispensing_id:int}")
def receipt(caller: Asking, dispensing_id: Id) -> DispensingRecord:
    """What was handed over at one moment, and what of its bill is still owed now."""
    return caller.read(dispensing.receipt, dispensing_id)
