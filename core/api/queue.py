"""/queue: the day's tokens. Who waits, who is called, who leaves."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from core import token_queue
from core.api.caller import Amending, Asking, Caller, Posting
from core.api.fields import AskedId, Id, RecordId
from core.api.paging import Page, Paged
from core.api.patients import PatientForm
from core.models import Priority
from core.patients import PatientDetails
from core.token_queue import Awaited, TokenCard

router = APIRouter(prefix="/queue", tags=["queue"])


class Arrival(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"appointment_id": 31, "priority": "ELDERLY"}]})
    appointment_id: RecordId
    priority: Priority = Priority.NORMAL


class WaitsFor(BaseModel):
    """Without `doctor_id`, for whoever is free first."""

    model_config = ConfigDict(extra="forbid")
    doctor_id: RecordId | None = None
    priority: Priority = Priority.NORMAL


class WalkIn(WaitsFor):
    """Somebody who has a record."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"patient_id": 7, "doctor_id": 2}]})
    patient_id: RecordId


class WalkInOfNew(WaitsFor):
    """Somebody new: with a record, both or neither.

    409 if there may be one already; `anyway` says that it is somebody else.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"patient": {"name": "Asha Rao", "sex": "FEMALE"}, "priority": "PREGNANT"}]}
    )
    patient: PatientForm
    anyway: bool = False


class ForDoctor(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"doctor_id": 2}]})
    doctor_id: RecordId


_STEPS = {
    "recall": token_queue.recall,
    "skip": token_queue.skip,
    "bring_back": token_queue.bring_back,
    "put_back": token_queue.put_back,
    "finish": token_queue.finish,
    "no_show": token_queue.mark_no_show,
}


class QueueStep(BaseModel):
    """`recall`: call the same token again. `skip`: did not come when called. `bring_back`: waits again after that.
    `put_back`: was called by mistake, within the last minute. `finish`: was seen. `no_show`: left unseen."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"step": "skip"}]})
    step: Literal["recall", "skip", "bring_back", "put_back", "finish", "no_show"]


class CallOutOfTurn(BaseModel):
    """Call this patient to a doctor, out of turn."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"step": "call", "doctor_id": 2}]})
    step: Literal["call"]
    doctor_id: RecordId


class TransferToken(BaseModel):
    """To the queue of another doctor, at the same place; null: of whoever is free first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"step": "transfer", "doctor_id": 3}]})
    step: Literal["transfer"]
    doctor_id: RecordId | None


class SetPriority(BaseModel):
    """Another priority; the place follows by the rule."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"step": "set_priority", "priority": "ELDERLY"}]})
    step: Literal["set_priority"]
    priority: Priority


@router.post("/checkin", status_code=201)
def check_in(caller: Posting, sent: Arrival, response: Response) -> TokenCard:
    """Give a token to the patient of one of today's appointments, who has arrived."""
    return _given(caller.act(token_queue.check_in, sent.appointment_id, sent.priority), response)


@router.post("/walk-in", status_code=201)
def walk_in(caller: Posting, sent: WalkIn | WalkInOfNew, response: Response) -> TokenCard:
    """Give a token to somebody without an appointment, who has a record or is new."""
    return _given(_walked_in(caller, sent), response)


@router.get("/today")
def today(caller: Asking, paged: Paged, doctor_id: AskedId = None) -> Page[Awaited]:
    """Today's open tokens: called, then waiting in the order they will be called, then skipped.

    With `doctor_id`, only those who wait for this doctor or for whoever is free first.
    """
    return paged.part(caller.read(token_queue.waits, doctor_id))


@router.post("/next", response_model=TokenCard, responses={204: {"description": "Nobody waits for this doctor."}})
def call_next(caller: Posting, sent: ForDoctor) -> TokenCard | Response:
    """Call whoever is next for a doctor; 204 if nobody waits. 409 while another patient is with the doctor."""
    called = caller.act(token_queue.call_next, sent.doctor_id)
    return called or Response(status_code=204)


@router.get("/{token_id:int}")
def get(caller: Asking, token_id: Id) -> TokenCard:
    """One token, as it stands."""
    return caller.read(token_queue.get, token_id)


@router.patch("/{token_id:int}/status")
def change(
    caller: Amending,
    token_id: Id,
    sent: Annotated[QueueStep | CallOutOfTurn | TransferToken | SetPriority, Field(discriminator="step")],
) -> TokenCard:
    """Take a token one step further: call it again or out of turn, skip, transfer, finish …"""
    match sent:
        case CallOutOfTurn():
            return caller.act(token_queue.call, token_id, sent.doctor_id)
        case TransferToken():
            return caller.act(token_queue.transfer, token_id, sent.doctor_id)
        case SetPriority():
            return caller.act(token_queue.set_priority, token_id, sent.priority)
        case QueueStep():
            return caller.act(_STEPS[sent.step], token_id)


def _walked_in(caller: Caller, sent: WalkIn | WalkInOfNew) -> TokenCard:
    if isinstance(sent, WalkIn):
        return caller.act(token_queue.walk_in, sent.patient_id, sent.doctor_id, sent.priority)
    details = PatientDetails(**dict(sent.patient))
    return caller.act(token_queue.register_and_walk_in, details, sent.doctor_id, sent.priority, anyway=sent.anyway)


def _given(card: TokenCard, response: Response) -> TokenCard:
    response.headers["location"] = f"/api/queue/{card.token_id}"
    return card
