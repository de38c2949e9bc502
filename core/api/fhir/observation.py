"""FHIR Observation: each vital sign of one taking, by the profiles that R4 has for them.

The id is that of the taking and the LOINC code: "17-8867-4" is the pulse of taking 17. Both pressures are one
observation, in which one that was not measured must say so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from core.api.fhir.terms import HL7, LOINC, Resource, coding, concept, moment, quantity, reference, resource
from core.exchange import VitalsTaken
from core.measurements import Measurements

_PROFILES = "http://hl7.org/fhir/StructureDefinition"
_CATEGORY = concept(coding(f"{HL7}/observation-category", "vital-signs", "Vital Signs"))
_NOT_MEASURED = concept(coding(f"{HL7}/data-absent-reason", "not-performed", "Not Performed"))


@dataclass(frozen=True)
class Sign:
    """`profile` is the last part of its address; a unit is in UCUM."""

    code: str
    display: str
    unit: str
    profile: str = ""

    @property
    def concept(self) -> Resource:
        return concept(coding(LOINC, self.code, self.display))

    def measured(self, value: Decimal | int) -> Resource:
        return quantity(value, self.unit, self.unit)


SIGNS = {
    "temperature_c": Sign("8310-5", "Body temperature", "Cel", "bodytemp"),
    "pulse_bpm": Sign("8867-4", "Heart rate", "/min", "heartrate"),
    "respiration_bpm": Sign("9279-1", "Respiratory rate", "/min", "resprate"),
    "oxygen_saturation_pct": Sign("2708-6", "Oxygen saturation in Arterial blood", "%", "oxygensat"),
    "weight_kg": Sign("29463-7", "Body weight", "kg", "bodyweight"),
    "height_cm": Sign("8302-2", "Body height", "cm", "bodyheight"),
    "bmi": Sign("39156-5", "Body mass index (BMI) [Ratio]", "kg/m2", "bmi"),
}
PRESSURE = Sign("85354-9", "Blood pressure panel with all children optional", "", "bp")
PARTS = {
    "systolic_mmhg": Sign("8480-6", "Systolic blood pressure", "mm[Hg]"),
    "diastolic_mmhg": Sign("8462-4", "Diastolic blood pressure", "mm[Hg]"),
}


def observation(record: VitalsTaken) -> list[Resource]:
    return [
        _of(record, PRESSURE, {"component": components}) if components else _of(record, sign, {"valueQuantity": value})
        for sign, value, components in _seen(record.measured)
    ]


def _seen(measured: Measurements) -> Iterator[tuple[Sign, Resource | None, list[Resource]]]:
    for name, sign in SIGNS.items():
        value = getattr(measured, name)
        if value is not None:
            yield sign, sign.measured(value), []
    if measured.systolic_mmhg is not None or measured.diastolic_mmhg is not None:
        yield PRESSURE, None, [_component(sign, getattr(measured, name)) for name, sign in PARTS.items()]


def _component(sign: Sign, value: int | None) -> Resource:
    told = {"dataAbsentReason": _NOT_MEASURED} if value is None else {"valueQuantity": sign.measured(value)}
    return {"code": sign.concept, **told}


def _of(record: VitalsTaken, sign: Sign, value: Resource) -> Resource:
    weighed = [SIGNS["weight_kg"], SIGNS["height_cm"]] if sign is SIGNS["bmi"] else []
    parts = {
        "status": "entered-in-error" if record.struck_at else "final",
        "category": [_CATEGORY],
        "code": sign.concept,
        "subject": reference("Patient", record.patient_id),
        "encounter": reference("Encounter", record.visit_id),
        "effectiveDateTime": moment(record.recorded_at),
        "performer": [reference("Practitioner", record.recorded_by_id, record.recorded_by)],
        **value,
        "derivedFrom": [reference("Observation", _id(record, each)) for each in weighed],
    }
    made = resource("Observation", _id(record, sign), parts, record.struck_at or record.recorded_at)
    made["meta"]["profile"] = [f"{_PROFILES}/{sign.profile}"]
    return made


def _id(record: VitalsTaken, sign: Sign) -> str:
    return f"{record.record_id}-{sign.code}"
