"""/patients/{patient_id}/advance: what a patient has with the clinic before there is a bill."""

from fastapi import APIRouter

from core import billing
from core.api.billing import Sum
from core.api.caller import Asking, Posting
from core.api.fields import Id
from core.billing import PatientAdvance

router = APIRouter(prefix="/patients/{patient_id}/advance", tags=["advances"])


@router.get("")
def get(caller: Asking, patient_id: Id) -> PatientAdvance:
    """What a patient has with the clinic, and how it came to be, oldest first."""
    return caller.read(billing.list_advances, patient_id)


@router.post("/receive")
def receive(caller: Posting, patient_id: Id, sent: Sum) -> PatientAdvance:
    """Take money for bills to come."""
    return caller.act(billing.receive_advance, patient_id, sent.amount, sent.method, sent.reference)


@router.post("/pay-out")
def pay_out(caller: Posting, patient_id: Id, sent: Sum) -> PatientAdvance:
    """Give an advance back, or a part of it."""
    return caller.act(billing.pay_out_advance, patient_id, sent.amount, sent.method, sent.reference)
