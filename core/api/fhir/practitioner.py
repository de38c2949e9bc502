"""FHIR Practitioner: whoever records something here, doctors and others."""

from core.api.fhir.terms import HL7, Resource, coding, concept, resource
from core.exchange import StaffRecord

_LICENCE = concept(coding(f"{HL7}/v2-0203", "MD", "Medical License number"))


def practitioner(record: StaffRecord) -> list[Resource]:
    number = record.registration_number
    held = ", ".join(filter(None, (record.qualification, record.speciality)))
    parts = {
        "identifier": [{"type": _LICENCE, "value": number}] if number else None,
        "active": record.works,
        "name": [{"text": record.name}],
        "qualification": [{"code": concept(text=held)}] if held else None,
    }
    return [resource("Practitioner", record.record_id, parts)]
