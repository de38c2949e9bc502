"""The parts that resources are made of."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

Resource = dict[str, Any]

UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"
ICD_10 = "http://hl7.org/fhir/sid/icd-10"  # of the WHO, as core.icd10 has it
SNOMED = "http://snomed.info/sct"
HL7 = "http://terminology.hl7.org/CodeSystem"


def told(parts: Mapping[str, Any]) -> Resource:
    """Without what is not known: FHIR has no empty values."""
    return {name: value for name, value in parts.items() if value is not None and value not in ("", [], {})}


def resource(kind: str, record_id: object, parts: Mapping[str, Any], updated: datetime | None = None) -> Resource:
    """`updated` only where every change of the record is dated."""
    meta = {"lastUpdated": moment(updated)} if updated else None
    return told({"resourceType": kind, "id": str(record_id), "meta": meta, **parts})


def reference(kind: str, record_id: int | str | None, display: str = "") -> Resource | None:
    return None if record_id is None else told({"reference": f"{kind}/{record_id}", "display": display})


def coding(system: str, code: str, display: str = "") -> Resource:
    return told({"system": system, "code": code, "display": display})


def concept(*codings: Resource, text: str = "") -> Resource:
    return told({"coding": list(codings), "text": text})


def quantity(value: Decimal | int, unit: str, code: str = "") -> Resource:
    """With a `code` of UCUM, where it has one."""
    return told({"value": value, "unit": unit, "system": UCUM if code else "", "code": code})


def period(start: datetime, end: datetime | None) -> Resource:
    return told({"start": moment(start), "end": moment(end) if end else None})


def moment(at: datetime) -> str:
    return at.isoformat()
