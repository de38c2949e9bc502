"""FHIR Patient."""

from core.api.fhir.terms import HL7, Resource, coding, concept, reference, resource
from core.exchange import PatientRecord
from core.models import Sex

_GENDERS = {sex: sex.lower() for sex in Sex}
_NEXT_OF_KIN = concept(coding(f"{HL7}/v2-0131", "N", "Next-of-Kin"))
_MRN = concept(coding(f"{HL7}/v2-0203", "MR", "Medical record number"))


def patient(record: PatientRecord) -> list[Resource]:
    merged = reference("Patient", record.merged_into_id)
    parts = {
        "identifier": [{"use": "official", "type": _MRN, "value": record.mrn}],
        "active": not record.archived,
        "name": [{"text": record.name}],
        "telecom": [{"system": "phone", "value": record.phone}] if record.phone else None,
        "gender": _GENDERS[record.sex],
        "birthDate": _birth_date(record),
        "address": [{"text": record.address}] if record.address else None,
        "contact": [{"relationship": [_NEXT_OF_KIN], "name": {"text": record.next_of_kin}}]
        if record.next_of_kin
        else None,
        "link": [{"other": merged, "type": "replaced-by"}] if merged else None,
    }
    return [resource("Patient", record.record_id, parts)]


def _birth_date(record: PatientRecord) -> str | None:
    """Of an estimate the year alone: a date may be as exact as it is known."""
    if record.birth_date is None:
        return None
    return f"{record.birth_date:%Y}" if record.birth_date_is_estimated else record.birth_date.isoformat()
