"""The types that are served: how each is found, mapped and searched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core import exchange
from core.api.caller import Caller
from core.api.fhir import asking
from core.api.fhir.asking import Asked
from core.api.fhir.condition import condition
from core.api.fhir.encounter import encounter
from core.api.fhir.invoice import invoice
from core.api.fhir.medication_dispense import medication_dispense
from core.api.fhir.medication_request import medication_request
from core.api.fhir.observation import observation
from core.api.fhir.patient import patient
from core.api.fhir.practitioner import practitioner
from core.api.fhir.terms import Resource
from core.exchange import Kind

Param = tuple[str, str]  # its name, and which type of search parameter it is

_ID: Param = ("_id", "token")
_OF_PATIENT: tuple[Param, ...] = (_ID, ("patient", "reference"))


@dataclass(frozen=True)
class Type:
    """`resources` makes one or more of a record; `asked` reads the `params` of a search.

    `noted`: that somebody reads a patient's file, or a list with addresses, is written down, as a screen does.
    """

    kind: Kind
    about: str
    find: Callable[..., Sequence[exchange.Record]]
    resources: Callable[[Any], list[Resource]]
    params: tuple[Param, ...] = _OF_PATIENT
    asked: Callable[..., Asked] = asking.by_patient
    noted: bool = True

    def read(self, caller: Caller, wanted: exchange.Wanted, after: int, limit: int) -> Sequence[exchange.Record]:
        return (caller.act if self.noted else caller.read)(self.find, wanted, after, limit)


TYPES = (
    Type(
        *(Kind.PATIENT, "Those who are registered here", exchange.list_patients, patient),
        (_ID, ("identifier", "token"), ("name", "string")),
        asking.of_patients,
    ),
    Type(
        *(Kind.STAFF, "Who works here, or did", exchange.list_staff, practitioner),
        (_ID,),
        asking.by_id,
        noted=False,
    ),
    Type(
        *(Kind.ENCOUNTER, "Visits", exchange.list_encounters, encounter),
        (*_OF_PATIENT, ("date", "date")),
        asking.of_encounters,
    ),
    Type(Kind.CONDITION, "Diagnoses of visits", exchange.list_conditions, condition),
    Type(Kind.VITALS, "Vital signs", exchange.list_vitals, observation),
    Type(Kind.REQUEST, "Medicines that were prescribed", exchange.list_requests, medication_request),
    Type(Kind.DISPENSE, "Medicines that were handed over", exchange.list_dispenses, medication_dispense),
    Type(Kind.BILL, "Bills", exchange.list_bills, invoice, noted=False),
)
BY_KIND = {each.kind: each for each in TYPES}
