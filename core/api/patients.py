"""/patients: the records that the desk keeps. What doctors write is under /visits."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response, UploadFile
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from core import patients, visits
from core.api.caller import Asking, Posting
from core.api.fields import Day, Id, Reason
from core.api.paging import Page, Paged
from core.imports import patients as importing
from core.imports.reading import Outcome
from core.models import Sex
from core.patients import PatientCard, PatientDetails
from core.visits import PastVisit

router = APIRouter(prefix="/patients", tags=["patients"])

_ASHA: JsonDict = {
    "name": "Asha Rao",
    "sex": "FEMALE",
    "phone": "98450 12345",
    "birth_date": "1991-04-17",
    "address": "12 Lake Road",
    "allergies": "Penicillin",
}


class PatientForm(BaseModel):
    """Give `birth_date`, or `age_years` for an estimate, or neither."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ASHA]})
    name: str
    sex: Sex
    phone: str = ""
    birth_date: Day | None = None
    age_years: int | None = None
    address: str = ""
    blood_group: str = ""
    allergies: str = ""
    chronic_conditions: str = ""
    next_of_kin: str = ""


class PatientChanges(PatientForm):
    """Only what shall change."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"phone": "98450 54321"}]})
    name: str = ""
    sex: Sex = Sex.UNKNOWN


@router.get("")
def search(
    caller: Asking,
    paged: Paged,
    search: Annotated[str, Query(max_length=200, description="Of a name, phone or MRN, also misspelt.")] = "",
) -> Page[PatientCard]:
    """Records by name, phone or MRN, the likeliest first; without a `search` all that stand, the oldest first."""
    if not search:
        after = paged.whole()
        return paged.page(caller.read(patients.list_all, after, paged.limit + 1), lambda card: card.patient_id)
    return paged.part(caller.read(patients.search, search, paged.reach()))


@router.post("", status_code=201)
def register(caller: Posting, sent: PatientForm, response: Response) -> PatientCard:
    """Make a record. Look with `search` first whether this person has one."""
    card = caller.act(patients.register, PatientDetails(**dict(sent)))
    response.headers["location"] = f"/api/patients/{card.patient_id}"
    return card


@router.get("/{patient_id:int}")
def get(caller: Asking, patient_id: Id) -> PatientCard:
    """One record."""
    return caller.read(patients.get, patient_id)


@router.get("/{patient_id:int}/form")
def form(caller: Asking, patient_id: Id) -> PatientDetails:
    """The record with all that the desk keeps of it, as it can be changed. Who read it is kept."""
    return caller.act(patients.opened_form, patient_id)


@router.patch("/{patient_id:int}")
def amend(caller: Asking, patient_id: Id, sent: PatientChanges) -> PatientCard:
    """Change what is sent and nothing else. 409 if somebody else changed the record at the same moment."""
    seen = caller.read(patients.details, patient_id)
    changed: dict[str, Any] = sent.model_dump(exclude_unset=True)
    if changed.get("age_years") is not None:
        changed.setdefault("birth_date", None)
    return caller.act(patients.amend, patient_id, replace(seen, **changed), seen)


@router.delete("/{patient_id:int}", status_code=204)
def archive(caller: Asking, patient_id: Id) -> Response:
    """Archive a record: nothing is lost, and it can be brought back on the screens."""
    caller.act(patients.archive, patient_id)
    return Response(status_code=204)


@router.get("/{patient_id:int}/history")
def history(caller: Asking, paged: Paged, patient_id: Id) -> Page[PastVisit]:
    """The completed visits of a patient, newest first. Who read them is kept.

    403 with `reason-needed` where the file is outside one's own work: open it at `openings`, with a reason.
    """
    past = caller.act(visits.past, patient_id, paged.limit + 1, paged.whole() or None)
    return paged.page(past, lambda visit: visit.visit_id)


@router.post("/{patient_id:int}/openings", status_code=204)
def open_file(caller: Posting, patient_id: Id, sent: Reason) -> Response:
    """Say why a file outside one's own work is opened; it is kept. It stays open for 12 hours."""
    caller.act(patients.open_file, patient_id, sent.reason)
    return Response(status_code=204)


@router.post("/import", status_code=201)
def import_file(caller: Posting, file: UploadFile) -> Outcome:
    """Records of another program, as CSV. What cannot be taken is told, line by line; the rest is kept."""
    return caller.act(importing.save, file.file.read())
