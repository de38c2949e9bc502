"""FHIR Encounter: a visit."""

from core.api.fhir.terms import HL7, Resource, coding, concept, period, reference, resource
from core.exchange import EncounterRecord
from core.models import VisitState

_STATUS = {
    VisitState.OPEN: "in-progress",
    VisitState.COMPLETED: "finished",
    VisitState.CANCELLED: "cancelled",
}
_DOCTOR = concept(coding(f"{HL7}/v3-ParticipationType", "PPRF", "primary performer"))


def encounter(record: EncounterRecord) -> list[Resource]:
    diagnoses = enumerate(record.diagnosis_ids, start=1)
    parts = {
        "status": _STATUS[record.state],
        "class": coding(f"{HL7}/v3-ActCode", "AMB", "ambulatory"),
        "subject": reference("Patient", record.patient_id),
        "participant": [{"type": [_DOCTOR], "individual": reference("Practitioner", record.doctor_id, record.doctor)}],
        "period": period(record.started_at, record.completed_at),
        "diagnosis": [{"condition": reference("Condition", one), "rank": rank} for rank, one in diagnoses],
    }
    return [resource("Encounter", record.record_id, parts)]
