"""/appointments: booked, moved, cancelled, missed."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from core import clock, scheduling
from core.api.caller import Amending, Asking, Posting
from core.api.fields import AskedId, Day, Id, RecordId
from core.api.paging import Page, Paged
from core.api.patients import PatientForm
from core.errors import Invalid
from core.patients import PatientDetails
from core.scheduling import AppointmentRecord

router = APIRouter(prefix="/appointments", tags=["appointments"])


class Booking(BaseModel):
    """For somebody who has a record."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"slot_id": 12, "patient_id": 7}]})
    slot_id: RecordId
    patient_id: RecordId


class BookingOfNew(BaseModel):
    """For somebody new: with a record, both or neither.

    409 if there may be one already; `anyway` says that it is somebody else.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"slot_id": 12, "patient": {"name": "Asha Rao", "sex": "FEMALE"}}]},
    )
    slot_id: RecordId
    patient: PatientForm
    anyway: bool = False


class Reschedule(BaseModel):
    """To another slot; the old one is given back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"step": "reschedule", "slot_id": 13}]})
    step: Literal["reschedule"]
    slot_id: RecordId


class CancelAppointment(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"step": "cancel", "reason": "Has a cold"}]})
    step: Literal["cancel"]
    reason: str


class MissedAppointment(BaseModel):
    """The patient did not come; not before the time of the appointment."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"step": "no_show"}]})
    step: Literal["no_show"]


class DayOrPatient(Invalid):
    def __init__(self) -> None:
        super().__init__({"patient_id": "Ask for the appointments of a day or for those of a patient, not for both."})


@router.post("", status_code=201)
def book(caller: Posting, sent: Booking | BookingOfNew, response: Response) -> AppointmentRecord:
    """Book a slot for somebody who has a record, or for somebody new."""
    if isinstance(sent, BookingOfNew):
        details = PatientDetails(**dict(sent.patient))
        booked = caller.act(scheduling.register_and_book, details, sent.slot_id, anyway=sent.anyway)
    else:
        booked = caller.act(scheduling.book, sent.slot_id, sent.patient_id)
    response.headers["location"] = f"/api/appointments/{booked.appointment_id}"
    return booked


@router.get("")
def list_appointments(
    caller: Asking,
    paged: Paged,
    day: Annotated[Day | None, Query(description="Of the clinic; without it today.")] = None,
    doctor_id: AskedId = None,
    patient_id: AskedId = None,
) -> Page[AppointmentRecord]:
    """Those of a day by time, or all of a patient, the latest first; cancelled ones, too."""
    if patient_id is None:
        return paged.part(caller.read(scheduling.list_appointments, day or clock.today(), doctor_id))
    if day or doctor_id:
        raise DayOrPatient
    return paged.part(caller.read(scheduling.list_of_patient, patient_id, paged.reach()))


@router.get("/{appointment_id:int}")
def get(caller: Asking, appointment_id: Id) -> AppointmentRecord:
    """One appointment, as it stands."""
    return caller.read(scheduling.get_appointment, appointment_id)


@router.patch("/{appointment_id:int}")
def change(
    caller: Amending,
    appointment_id: Id,
    sent: Annotated[Reschedule | CancelAppointment | MissedAppointment, Field(discriminator="step")],
) -> AppointmentRecord:
    """Reschedule a booked appointment to another slot, cancel it, or mark that nobody came."""
    match sent:
        case Reschedule():
            return caller.act(scheduling.reschedule, appointment_id, sent.slot_id)
        case CancelAppointment():
            return caller.act(scheduling.cancel, appointment_id, sent.reason)
        case MissedAppointment():
            return caller.act(scheduling.mark_no_show, appointment_id)
