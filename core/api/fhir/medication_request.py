"""FHIR MedicationRequest: a medicine of a prescription, whose number is that of the group."""

from core.api.fhir.dosages import dosages
from core.api.fhir.terms import Resource, concept, moment, quantity, reference, resource
from core.exchange import RequestRecord
from core.models import PrescriptionState

_STATUS = {PrescriptionState.ISSUED: "active", PrescriptionState.CANCELLED: "cancelled"}


def medication_request(record: RequestRecord) -> list[Resource]:
    parts = {
        "status": _STATUS[record.state],
        "statusReason": concept(text=record.cancel_reason),
        "intent": "order",
        "medicationCodeableConcept": concept(text=named(record.medicine, record.generic)),
        "subject": reference("Patient", record.patient_id),
        "encounter": reference("Encounter", record.visit_id),
        "authoredOn": moment(record.issued_at),
        "requester": reference("Practitioner", record.doctor_id, record.doctor),
        "groupIdentifier": {"value": record.number},
        "dosageInstruction": dosages(record.directions),
        "dispenseRequest": {"quantity": quantity(record.quantity, record.directions.unit)},
    }
    return [resource("MedicationRequest", record.record_id, parts, record.cancelled_at or record.issued_at)]


def named(medicine: str, generic: str) -> str:
    return f"{medicine} ({generic})" if generic and generic.casefold() not in medicine.casefold() else medicine
