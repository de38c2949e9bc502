"""/visits: the doctor's room, from a called token to the signature, and what may still be amended after it."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from core import visits
from core.api.caller import Amending, Asking, Posting
from core.api.fields import Day, Exact, Id, Reason, RecordId, pointing
from core.api.paging import Page, Paged
from core.measurements import NAMES
from core.visits import FollowUp, Measurements, NewDiagnosis, NoteRecord, OpenVisit, VisitChanges, VisitRecord

router = APIRouter(prefix="/visits", tags=["visits"])
MOST_AT_ONCE = 50
Ids = Annotated[list[RecordId], Field(max_length=MOST_AT_ONCE)]


class Start(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"token_id": 1}]})
    token_id: RecordId


class Vitals(BaseModel):
    """One set of measurements; leave out what was not measured."""

    temperature_c: Exact | None = None
    pulse_bpm: int | None = None
    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    respiration_bpm: int | None = None
    oxygen_saturation_pct: int | None = None
    weight_kg: Exact | None = None
    height_cm: Exact | None = None


class Diagnosis(BaseModel):
    code: Annotated[str, Field(description="ICD-10; `/icd10` finds it.", examples=["J06.9"])]
    text: Annotated[str, Field(description="The doctor's own words; without them the title of the code.")] = ""


class Changes(BaseModel):
    """Only what shall change. All of it happens, or nothing.

    In an open visit diagnoses are added and removed; what is wrong under a signature is struck. Striking, and whatever
    comes after the signature, takes a `reason`. `sure` affirms vitals that were doubted.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "vitals": {"temperature_c": "38.4", "pulse_bpm": 92, "weight_kg": "61.5"},
                    "add_diagnoses": [{"code": "J06.9", "text": "A cold"}],
                },
                {"follow_up_on": "2027-03-14", "reason": "Travels that week"},
            ]
        }
    )
    vitals: Vitals | None = None
    sure: bool = False
    add_diagnoses: Annotated[list[Diagnosis], Field(max_length=MOST_AT_ONCE)] = []
    remove_diagnoses: Ids = []
    strike_diagnoses: Ids = []
    strike_vitals: Ids = []
    follow_up_on: Annotated[
        Day | None, Field(description="Another day, or null for none, once the visit is completed.")
    ] = None
    reason: str = ""

    def typed(self) -> VisitChanges:
        return VisitChanges(
            vitals=Measurements(**dict(self.vitals)) if self.vitals else None,
            sure=self.sure,
            add_diagnoses=tuple(NewDiagnosis(new.code, new.text) for new in self.add_diagnoses),
            remove_diagnoses=tuple(self.remove_diagnoses),
            strike_diagnoses=tuple(self.strike_diagnoses),
            strike_vitals=tuple(self.strike_vitals),
            follow_up=FollowUp(self.follow_up_on) if "follow_up_on" in self.model_fields_set else None,
            reason=self.reason,
        )


class Note(BaseModel):
    """After the signature a note takes a `reason`: why it comes late."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"body": "Sore throat since Monday.\nPlan: rest"}]})
    body: str
    reason: str = ""


class Completion(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"follow_up_on": "2027-03-14"}, {}]})
    follow_up_on: Day | None = None


@router.get("")
def list_open(
    caller: Asking,
    paged: Paged,
    doctor_id: Annotated[RecordId | None, Query(description="Without one, your own.")] = None,
) -> Page[OpenVisit]:
    """The open visits of a doctor, the one started last first: whose they are, and nothing clinical."""
    return paged.part(caller.read(visits.current, doctor_id or caller.actor.user_id))


@router.post("", status_code=201)
def start(caller: Posting, sent: Start, response: Response) -> VisitRecord:
    """Begin the visit of a token that was called. The same doctor starting again gets the same visit."""
    visit = caller.act(visits.started, sent.token_id)
    response.headers["location"] = f"/api/visits/{visit.visit_id}"
    return visit


@router.get("/{visit_id:int}")
def get(caller: Asking, visit_id: Id) -> VisitRecord:
    """Everything of a visit. Who read it is kept; outside one's own work the file must be opened first."""
    return caller.act(visits.opened, visit_id)


@router.patch("/{visit_id:int}")
def change(caller: Amending, visit_id: Id, sent: Changes) -> VisitRecord:
    """Record vitals, add or take back diagnoses, move the follow-up: in one step, of one's own visit."""
    with pointing(_place):
        return caller.act(visits.change, visit_id, sent.typed())


@router.post("/{visit_id:int}/notes", status_code=201)
def add_note(caller: Posting, visit_id: Id, sent: Note) -> NoteRecord:
    """Write a note."""
    return caller.act(visits.add_note, visit_id, sent.body, sent.reason)


@router.patch("/{visit_id:int}/notes/{note_id}")
def amend_note(caller: Amending, visit_id: Id, note_id: Id, sent: Note) -> NoteRecord:
    """A new text in place of a note: a note of its own, whose `amends_id` names the earlier one, which stays."""
    return caller.act(visits.amend_note, note_id, sent.body, sent.reason, of_visit=visit_id)


@router.post("/{visit_id:int}/complete", status_code=204)
def complete(caller: Posting, visit_id: Id, sent: Completion) -> Response:
    """Sign the visit: it is locked from now on, its token finished, its appointment completed."""
    caller.act(visits.complete, visit_id, sent.follow_up_on)
    return Response(status_code=204)


@router.post("/{visit_id:int}/cancel", status_code=204)
def cancel(caller: Posting, visit_id: Id, sent: Reason) -> Response:
    """The patient left before being treated. What was recorded stays."""
    caller.act(visits.cancel, visit_id, sent.reason)
    return Response(status_code=204)


@router.post("/{visit_id:int}/reopen", status_code=204)
def reopen(caller: Posting, visit_id: Id, sent: Reason) -> Response:
    """Open a completed visit once more for its own doctor. Administrators only."""
    caller.act(visits.reopen, visit_id, sent.reason)
    return Response(status_code=204)


def _place(field: str) -> str:
    return f"vitals/{field}" if field in NAMES else field
