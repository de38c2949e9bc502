"""FHIR Condition: a diagnosis of a visit.

Whether it is over nobody records here, so that there is no clinicalStatus; only a problem list must have one (con-3).
"""

from core.api.fhir.terms import HL7, ICD_10, Resource, coding, concept, moment, reference, resource
from core.exchange import ConditionRecord

_CATEGORY = concept(coding(f"{HL7}/condition-category", "encounter-diagnosis", "Encounter Diagnosis"))


def condition(record: ConditionRecord) -> list[Resource]:
    stands = "entered-in-error" if record.struck_at else "confirmed"
    parts = {
        "verificationStatus": concept(coding(f"{HL7}/condition-ver-status", stands)),
        "category": [_CATEGORY],
        "code": concept(coding(ICD_10, record.code), text=record.text),
        "subject": reference("Patient", record.patient_id),
        "encounter": reference("Encounter", record.visit_id),
        "recordedDate": moment(record.recorded_at),
        "recorder": reference("Practitioner", record.recorded_by_id, record.recorded_by),
    }
    return [resource("Condition", record.record_id, parts, record.struck_at or record.recorded_at)]
