"""FHIR MedicationDispense: units of one batch that were handed over. The batch stands in the medication itself."""

from core.api.fhir.medication_request import named
from core.api.fhir.terms import Resource, concept, moment, quantity, reference, resource
from core.exchange import DispenseRecord


def medication_dispense(record: DispenseRecord) -> list[Resource]:
    request = reference("MedicationRequest", record.request_id)
    came_back = f"{record.returned} of them came back." if record.returned else ""
    parts = {
        "contained": [_medication(record)],
        "status": "completed",
        "medicationReference": {"reference": "#batch"},
        "subject": reference("Patient", record.patient_id),
        "context": reference("Encounter", record.visit_id),
        "performer": [{"actor": reference("Practitioner", record.dispensed_by_id, record.dispensed_by)}],
        "authorizingPrescription": [request] if request else None,
        "quantity": quantity(record.quantity, record.unit),
        "whenHandedOver": moment(record.dispensed_at),
        "note": [{"text": came_back}] if came_back else None,
        "substitution": _substitution(record),
    }
    return [resource("MedicationDispense", record.record_id, parts)]


def _medication(record: DispenseRecord) -> Resource:
    return {
        "resourceType": "Medication",
        "id": "batch",
        "code": concept(text=named(record.medicine, record.generic)),
        "batch": {"lotNumber": record.batch_number, "expirationDate": record.expires_on.isoformat()},
    }


def _substitution(record: DispenseRecord) -> Resource | None:
    if not record.instead_of:
        return None
    return {"wasSubstituted": True, "reason": [concept(text=f"Instead of {record.instead_of}")]}
