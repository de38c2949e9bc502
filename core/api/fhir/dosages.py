"""FHIR Dosage, of what a doctor wrote: the words of the label, and the same for programs."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from core import dosage
from core.api.fhir.terms import SNOMED, Resource, coding, concept, quantity, told
from core.dosage import Directions
from core.models import Route

Repeat = dict[str, Any]

ROUTES = {
    Route.ORAL: ("26643006", "Oral route"),
    Route.TOPICAL: ("6064005", "Topical route"),
    Route.INHALED: ("447694001", "Respiratory tract route"),
    Route.NASAL: ("46713006", "Nasal route"),
    Route.EYE: ("54485002", "Ophthalmic route"),
    Route.EAR: ("10547007", "Otic route"),
    Route.RECTAL: ("37161004", "Rectal route"),
    Route.VAGINAL: ("16857009", "Vaginal route"),
    Route.SUBLINGUAL: ("37839007", "Sublingual route"),
    Route.INTRAMUSCULAR: ("78421000", "Intramuscular route"),
    Route.INTRAVENOUS: ("47625008", "Intravenous route"),
    Route.SUBCUTANEOUS: ("34206005", "Subcutaneous route"),
}
_DAILY: Repeat = {"period": 1, "periodUnit": "d"}
REPEATS: dict[str, Repeat] = {
    "OD": {"frequency": 1, **_DAILY},
    "BD": {"frequency": 2, **_DAILY},
    "TDS": {"frequency": 3, **_DAILY},
    "QID": {"frequency": 4, **_DAILY},
    "HS": {"frequency": 1, **_DAILY, "when": ["HS"]},
    "SOS": {},
    "STAT": {"count": 1},
    "EOD": {"frequency": 1, "period": 2, "periodUnit": "d"},
    "QW": {"frequency": 1, "period": 1, "periodUnit": "wk"},
}
_WHEN = {3: ("MORN", "NOON", "NIGHT"), 4: ("MORN", "NOON", "EVE", "HS")}
_UCUM = {"ml": "mL", "g": "g"}


def dosages(directions: Directions) -> list[Resource]:
    """One; of a day's pattern with different doses one for each, all in force together."""
    parts = dosage.pattern(directions.frequency)
    if parts is None:
        return [_dosage(directions, _repeat(directions.frequency), Fraction(1))]
    times = list(zip(parts, _WHEN[len(parts)], strict=True))
    amounts = list(dict.fromkeys(part for part in parts if part))
    return [_dosage(directions, _at([when for part, when in times if part == amount]), amount) for amount in amounts]


def _dosage(directions: Directions, repeat: Repeat, times: Fraction) -> Resource:
    days = quantity(directions.duration_days, "d", "d")
    if "count" not in repeat:
        repeat = {"boundsDuration": days, **repeat}
    code, display = ROUTES[directions.route]
    return told(
        {
            "sequence": 1,
            "text": dosage.in_words(directions),
            "patientInstruction": directions.instructions,
            "timing": {"repeat": repeat},
            "asNeededBoolean": True if directions.frequency == "SOS" else None,
            "route": concept(coding(SNOMED, code, display)),
            "doseAndRate": [{"doseQuantity": _dose(directions, times)}],
        }
    )


def _repeat(frequency: str) -> Repeat:
    if frequency in REPEATS:
        return REPEATS[frequency]
    return {"frequency": 1, "period": int(frequency.removesuffix("H")), "periodUnit": "h"}


def _at(when: list[str]) -> Repeat:
    return {"frequency": len(when), **_DAILY, "when": when}


def _dose(directions: Directions, times: Fraction) -> Resource:
    amount = directions.dose * times.numerator / times.denominator
    unit = dosage.unit_of_dose(directions)
    return quantity(Decimal(f"{amount.normalize():f}"), unit, _UCUM.get(unit, ""))
